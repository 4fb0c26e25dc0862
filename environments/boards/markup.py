"""A row of the dashboard as markup.

Made here and not in a template because there are 200 of them with four cells and more: Django's templates take six
times as long. Every value goes through `format_html`, which escapes it; the formats are constants of this file.
"""

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from console.templatetags.console_ui import brief_time, icon, state_badge
from environments.boards.matrix import Cell, Row, Turn
from environments.drift import Drift

_ROW = """<tr id="agent-{slug}" role="row" data-row{waiting}>
<th scope="row" role="rowheader" id="{slug}--agent">{name}{mine}{held}{labels}</th>
{cells}</tr>
"""
_NAME = (
    '<div class="board-agent"><a class="cell-open" href="{url}">{name}</a> <a class="peek" href="{url}"'
    ' data-peek="{peek_url}" role="button" aria-expanded="false">{icon}<span class="visually-hidden">{label}</span>'
    "</a></div>"
)
_CELL = """<td id="{id}" role="cell" class="{css}" data-label="{label}"{compare}>\
<div class="cell-line">{pin} {badge}</div>{when}{drift}{turn}{step}</td>
"""
_COMPARE = ' data-compare="{}"'
_PIN_LINK = '<a class="cell-pin cell-open" href="{}">v{}</a>{}'
_PIN = '<b class="cell-pin">v{}</b>{}'
_SAME = '<span class="visually-hidden"> {} </span>'
_NO_PIN_LINK = '<a class="cell-open visually-hidden" tabindex="-1" href="{}">{}</a>'
_DRIFT = ' <p><a class="drift" href="{}" title="{}">{}{}: {}</a></p>'
_TURN = ' <p class="turn">{}{}{}{}</p>'
_STEP = ' <p><a class="btn btn-sm{}" id="{}-step" data-step href="{}">{}</a></p>'


def row_markup(row: Row) -> SafeString:
    """One agent: its name, what is said of all of it, and a cell for each station."""
    agent, waits = row.agent, row.waits
    return format_html(
        _ROW,
        slug=agent.slug,
        waiting=format_html(' class="{}"', "waits") if waits else "",
        name=_name(row),
        mine=format_html(' <p class="mine">{}{}</p>', icon("inbox"), row.waits_label) if waits else "",
        held=format_html_join("", " <p>{}</p>", ((state_badge("held", word),) for word in row.held)),
        labels=_labels(agent.labels) if agent.labels else "",
        cells=format_html_join("", "{}", ((_cell(cell),) for cell in row.cells)),
    )


def _name(row: Row) -> SafeString:
    """The link to the agent and the opener of its peek."""
    opener = icon("chevron-right")
    name, peek = row.agent.name, row.peek_url
    return format_html(_NAME, url=row.url, name=name, peek_url=peek, icon=opener, label=row.peek_label)


def _labels(labels: dict[str, str]) -> SafeString:
    spans = ((f"{key}: {value}" if value else key,) for key, value in labels.items())
    return format_html(' <p class="meta labels">{}</p>', format_html_join("", "<span>{}</span>", spans))


def _cell(cell: Cell) -> SafeString:
    return format_html(
        _CELL,
        id=cell.id,
        css=cell.css,
        label=cell.column.name,
        compare=format_html(_COMPARE, cell.compare_url) if cell.compare_url else "",
        pin=_pin(cell),
        badge=state_badge(cell.state, cell.word),
        when=_when(cell),
        drift=_drift(cell.drift) if cell.drift else "",
        turn=_turn(cell.turn) if cell.turn else "",
        step=_step(cell),
    )


def _pin(cell: Cell) -> str:
    """The version, linked where it can be read; a place that serves nothing keeps its link for the keyboard."""
    if not cell.version:
        return format_html(_NO_PIN_LINK, cell.url, cell.column.name) if cell.url else ""
    same = format_html(_SAME, cell.same) if cell.joined else ""
    return format_html(_PIN_LINK, cell.url, cell.version, same) if cell.url else format_html(_PIN, cell.version, same)


def _when(cell: Cell) -> str:
    if cell.at is None:
        return ""
    return format_html(' <p class="meta">{}{}</p>', brief_time(cell.at), f", {cell.by}" if cell.by else "")


def _drift(drift: Drift) -> SafeString:
    return format_html(_DRIFT, drift.url, drift.text, icon(drift.icon), drift.name, drift.short)


def _turn(turn: Turn) -> SafeString:
    """Whom the cell waits for, why, and what would help."""
    text, reason = turn.text, turn.reason
    return format_html(
        _TURN,
        icon("hourglass"),
        format_html("<span>{}</span>", text) if text else "",
        format_html(' <span class="said">{}</span>', reason) if reason else "",
        format_html(' <a href="{}">{}</a>', turn.fix_url, turn.fix_label) if turn.fix_url else "",
    )


def _step(cell: Cell) -> str:
    if cell.step is None:
        return ""
    return format_html(_STEP, " btn-primary" if cell.primary else "", cell.id, cell.step.url, cell.step.label)
