import cProfile, pstats, time
from kernel.authority import Actor, Realm
from kernel.events import ActorKind
from contracts.licensing.wire import Signed
from contracts.licensing.wire_applications import Lodgement
from services.licensing.acts.lodge_application import lodge_application
def test_profile(office):
    who=office.applicant("prof"); party=office.cooperative(who)
    drafts=[office.ready(who,party=party) for _ in range(40)]
    actor=Actor(kind=ActorKind.APPLICANT,person="public:prof",realm=Realm.PUBLIC)
    g=Signed(**office.statement())
    def one(d): return office.works.run(actor, lambda w: lodge_application(w, office.desk, d, Lodgement(ground=g)))
    one(drafts[0])
    p=cProfile.Profile(); t=time.perf_counter(); c=time.process_time(); 
    for d in drafts[1:20]: one(d)
    print("ms each", (time.perf_counter()-t)/19*1000, "cpu", (time.process_time()-c)/19*1000)
    p.enable()
    for d in drafts[20:]: one(d)
    p.disable(); pstats.Stats(p).sort_stats("tottime").print_stats(40)
    p=pstats.Stats(p).sort_stats("cumtime").print_stats("licensing|kernel|chassis")
