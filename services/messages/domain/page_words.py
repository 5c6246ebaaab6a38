"""The words of the sign-in pages, in the languages that are spoken here."""

from typing import Final

RIGHT_TO_LEFT: Final = frozenset({"ar"})

WORDS: Final[dict[str, dict[str, str]]] = {
    "en": {
        "title": "Sign in by phone",
        "phone": "Your telephone number",
        "phone_hint": "With the country's code, such as +255 700 000 123",
        "send": "Send me a code",
        "code": "The code in the text message",
        "code_hint": "Six digits, sent to the number that ends in {ends}. Good for 5 minutes.",
        "enter": "Sign in",
        "again": "Send a new code",
        "not_a_number": "This is no telephone number. Write it with the country's code.",
        "wrong": "This code is wrong. Tries left: {left}",
        "over": "This code is no longer good. Ask for a new one.",
        "too_many": "Too many codes were asked for. Wait {minutes} minutes and try again.",
        "not_sent": "The text message could not be sent. Try again in a moment.",
        "blocked": "This number is blocked. Ask at your mining office.",
        "begin_again": "This page is too old. Go back to the portal and sign in again.",
        "not_understood": "The portal asked in a way that is not understood here.",
        "problem": "There is a problem",
    },
    "fr": {
        "title": "Connexion par téléphone",
        "phone": "Votre numéro de téléphone",
        "phone_hint": "Avec l'indicatif du pays, par exemple +255 700 000 123",
        "send": "Envoyez-moi un code",
        "code": "Le code reçu par SMS",
        "code_hint": "Six chiffres, envoyés au numéro finissant par {ends}. Valable 5 minutes.",
        "enter": "Se connecter",
        "again": "Envoyer un nouveau code",
        "not_a_number": "Ce n'est pas un numéro. Écrivez-le avec l'indicatif du pays.",
        "wrong": "Ce code est faux. Essais restants : {left}",
        "over": "Ce code n'est plus valable. Demandez-en un nouveau.",
        "too_many": "Trop de codes demandés. Attendez {minutes} minutes et réessayez.",
        "not_sent": "Le SMS n'a pas pu être envoyé. Réessayez dans un instant.",
        "blocked": "Ce numéro est bloqué. Adressez-vous à votre bureau des mines.",
        "begin_again": "Cette page est trop ancienne. Retournez au portail et recommencez.",
        "not_understood": "La demande du portail n'est pas comprise ici.",
        "problem": "Il y a un problème",
    },
    "sw": {
        "title": "Ingia kwa simu",
        "phone": "Namba yako ya simu",
        "phone_hint": "Pamoja na namba ya nchi, kama +255 700 000 123",
        "send": "Nitumie namba ya kuingia",
        "code": "Namba iliyo kwenye ujumbe",
        "code_hint": "Tarakimu sita, zimetumwa kwa simu inayoishia {ends}. Kwa dakika 5.",
        "enter": "Ingia",
        "again": "Tuma namba mpya",
        "not_a_number": "Hii si namba ya simu. Iandike pamoja na namba ya nchi.",
        "wrong": "Namba si sahihi. Majaribio yaliyobaki: {left}",
        "over": "Namba hii haitumiki tena. Omba mpya.",
        "too_many": "Namba nyingi zimeombwa. Subiri dakika {minutes} kisha jaribu tena.",
        "not_sent": "Ujumbe haukuweza kutumwa. Jaribu tena baada ya muda mfupi.",
        "blocked": "Simu hii imezuiwa. Uliza ofisi yako ya madini.",
        "begin_again": "Ukurasa huu umepitwa na wakati. Rudi kwenye tovuti uingie tena.",
        "not_understood": "Ombi la tovuti halieleweki hapa.",
        "problem": "Kuna tatizo",
    },
    "ar": {
        "title": "الدخول بالهاتف",
        "phone": "رقم هاتفك",
        "phone_hint": "مع رمز البلد، مثل ‎+255 700 000 123",
        "send": "أرسل لي رمزا",
        "code": "الرمز في الرسالة",
        "code_hint": "ستة أرقام أرسلت إلى الرقم المنتهي بـ {ends}. صالح لمدة 5 دقائق.",
        "enter": "دخول",
        "again": "أرسل رمزا جديدا",
        "not_a_number": "هذا ليس رقم هاتف. اكتبه مع رمز البلد.",
        "wrong": "الرمز خاطئ. المحاولات الباقية: {left}",
        "over": "لم يعد هذا الرمز صالحا. اطلب رمزا جديدا.",
        "too_many": "طلبت رموز كثيرة. انتظر {minutes} دقائق ثم حاول من جديد.",
        "not_sent": "تعذر إرسال الرسالة. حاول بعد قليل.",
        "blocked": "هذا الرقم محظور. راجع مكتب المناجم.",
        "begin_again": "انتهت صلاحية هذه الصفحة. ارجع إلى البوابة وادخل من جديد.",
        "not_understood": "طلب البوابة غير مفهوم هنا.",
        "problem": "هناك مشكلة",
    },
}


def choose_language(asked: str, spoken: tuple[str, ...]) -> str:
    """The first asked-for language that is spoken here (ui_locales or Accept-Language)."""
    known = [one for one in spoken if one in WORDS] or ["en"]
    for one in asked.replace(",", " ").split():
        language = one.partition(";")[0].partition("-")[0].lower()
        if language in known:
            return language
    return known[0]


def says(language: str, name: str, **words: object) -> str:
    """One sentence of a page, its places filled in."""
    return WORDS[language][name].format(**words)
