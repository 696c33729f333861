"""Mended labels: never an invented or silently lost box."""

from __future__ import annotations

from hypothesis import example, given, settings

from ocrweb.data.checks.label_file import check_in_picture, scan_label_bytes
from ocrweb.data.checks.label_order import READINGS
from ocrweb.data.repair.mend_label import mend_labels
from tests.data.test_reader import LABEL_BYTES


class TestLabels:
    @settings(max_examples=120, deadline=None)
    @given(LABEL_BYTES)
    @example(b"\x00\x81@")
    @example(b"\xef\xbb\xbf\x00")
    @example(b"0,0,0,0,0,1,1,50,")
    @example(b"2,1,1,0,0,1,0,1,\n0,0,1,1,2,0,0,2,")  # in order, these would be read by columns
    def test_mending_twice_changes_nothing_and_leaves_nothing_mendable(self, data: bytes) -> None:
        mended = mend_labels(data, (64, 48))
        if mended is not None:
            assert mend_labels(mended.content, (64, 48)) is None
            data = mended.content
        labels = scan_label_bytes(data)
        findings = [*labels.findings, *check_in_picture(labels, (64, 48))]
        if not any(found.rule == "label.swapped" for found in findings):  # whose boxes are left as they are
            assert not [found for found in findings if found.fixable]

    @settings(max_examples=120, deadline=None)
    @given(LABEL_BYTES)
    def test_no_box_is_invented_and_a_lost_one_is_an_edit(self, data: bytes) -> None:
        before = scan_label_bytes(data)
        mended = mend_labels(data, (64, 48))
        if mended is not None:
            after = scan_label_bytes(mended.content)
            gone = [edit for edit in mended.edits if edit.after is None and edit.line in before.lines]
            if READINGS.keys() & {found.rule for found in before.findings}:
                # Its boxes can be read only once it is mended.
                assert len(after.texts) <= len(data.splitlines()) - len(gone)
            else:
                assert len(after.texts) == len(before.texts) - len(gone)
            assert all(edit.rules for edit in mended.edits)

    def test_corners_are_put_in_order_not_moved(self) -> None:
        mended = mend_labels(b"10,10,30.5,20,30.5,10,10,20,a\n", (64, 48))
        assert mended is not None
        assert mended.content == b"10,10,30.5,10,30.5,20,10,20,a\n"

    def test_each_edit_says_where_what_stood_there_and_what_stands_there_now(self) -> None:
        """A box that has no area loses its blanks alone, whatever stands before and after it."""
        lines = [
            "10,10,30,10,30,20,10,20,a",
            "5,5, 5,5,5,5,5,5,b",
            "10,10,30.5,20,30.5,10,10,20,c",
            "10;10;30;10;30;22;10;22;d",
        ]
        mended = mend_labels("\n".join(lines).encode(), (64, 48))
        assert mended is not None
        told = {edit.line: (edit.before, edit.after) for edit in mended.edits}
        assert {number: before for number, (before, _) in told.items()} == {
            number: line for number, line in enumerate(lines, 1) if number in told
        }
        assert told[3][1] == "10,10,30.5,10,30.5,20,10,20,c"
        kept = [told.get(number, (line, line))[1] for number, line in enumerate(lines, 1)]
        assert mended.content.decode().splitlines() == [line for line in kept if line is not None]

    def test_boxes_are_mended_and_bytes_of_an_encoding_that_cannot_be_told_stay(self) -> None:
        data = "10,10,30,20,30,10,10,20,Café\n10,30,30,30,30,40,10,40, crème\n".encode("cp1252")
        mended = mend_labels(data, (64, 48))
        assert mended is not None
        assert mended.content == "10,10,30,10,30,20,10,20,Café\n10,30,30,30,30,40,10,40,crème\n".encode("cp1252")
        assert mended.rules == ()
        assert mend_labels(mended.content, (64, 48)) is None
        assert mend_labels(data.splitlines()[0].replace(b"30,20,30,10", b"30,10,30,20"), None) is None  # nor its end

    def test_a_text_of_a_known_encoding_becomes_utf8(self) -> None:
        line = "10,10,30,10,30,20,10,20,統一發票 合計\n"
        mended = mend_labels(line.encode("cp950"), (64, 48))
        assert mended is not None
        assert (mended.content.decode(), mended.rules) == (line, ("label.encoding",))

    def test_a_box_is_cut_at_the_edge_only_when_the_size_is_known(self) -> None:
        line = b"50,10,90,10,90,20,50,20,a\n"
        assert mend_labels(line, None) is None
        mended = mend_labels(line, (64, 48))
        assert mended is not None
        assert mended.content == b"50,10,64,10,64,20,50,20,a\n"
