"""A page without a browser hands values on as the page does."""

from __future__ import annotations

import gradio as gr

from tests.ui.desk import Desk


def counting() -> gr.Blocks:
    with gr.Blocks() as page:
        number = gr.Number(1, elem_id="number")
        double = gr.Number(0, elem_id="double")
        said = gr.HTML("", elem_id="said")
        button = gr.Button("go", elem_id="go", visible=False)
        table = gr.Dataframe(elem_id="table")
        number.change(lambda value: {double: 2 * value, button: gr.Button(visible=value > 1)}, number, [double, button])
        double.change(lambda value: f"twice is {value}", double, said)
        button.click(lambda values: {number: values[number] + 1}, {number}, [number])

        def choose(event: gr.SelectData, request: gr.Request) -> str:
            return f"{event.index} {request.headers['accept-language']}"

        table.select(choose, None, said)
        gr.on([button.click], lambda: gr.skip(), None, [said, double])
    return page


def test_a_changed_value_sets_off_what_waits_for_it() -> None:
    desk = Desk(counting(), "zh")
    assert not desk.look("go")
    desk.enter("number", 2)
    assert (desk["double"], desk["said"], desk.look("go")) == (4, "twice is 4", True)
    desk.click("go")
    assert (desk["number"], desk["double"], desk["said"]) == (3, 6, "twice is 6")


def test_a_click_on_a_row_brings_where_it_was_and_visitors_have_pages_of_their_own() -> None:
    page = counting()
    desk, other = Desk(page, "zh"), Desk(page)
    desk.select("table", index=5)
    assert (desk["said"], other["said"]) == ("5 zh", "")
