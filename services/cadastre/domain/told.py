"""What is told of an application area, and to whom."""

from collections.abc import Sequence
from decimal import Decimal

from shapely.geometry import mapping

from contracts.cadastre.wire import ApplicationAreaTold, SeniorTold
from services.cadastre.domain.application_area import ApplicationArea


def tell_area(
    area: ApplicationArea,
    net_hectares: Decimal,
    seniors: Sequence[tuple[int, Decimal]],
    *,
    whole: bool,
) -> ApplicationAreaTold:
    """Its place and what takes from it; `whole`: also its shape, licence type and minerals."""
    told = ApplicationAreaTold(
        application_id=area.application_id,
        filing_seq=area.filing_seq,
        lodged_at=area.lodged_at,
        status=area.status,
        conditional=area.conditional,
        office=area.office,
        hectares=str(area.hectares),
        net_hectares=str(net_hectares),
        seniors=[SeniorTold(seq=seq, hectares=str(hectares)) for seq, hectares in seniors],
    )
    if not whole:
        return told
    return told.model_copy(
        update={
            "licence_type": area.licence_type,
            "minerals": list(area.minerals),
            "geometry": mapping(area.lonlat),
        }
    )
