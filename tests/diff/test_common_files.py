"""Lines of graphs of files with other names can be compared where the files are the same."""

from __future__ import annotations

from explorer.diff.common_files import on_common_files
from explorer.graph import Graph, Location, Op, OpId
from tests.graphs import LIBRARY, at


def graph(*stack: Location) -> Graph:
    return Graph(ops=(Op(id=OpId("a"), op="a", target="a", stack=stack),))


def files(graph: Graph) -> list[str]:
    return [place.file for op in graph.ops for place in op.stack]


def test_files_that_both_have_stay_as_they_are() -> None:
    left, right = graph(at(1), at(2, file="here/part.py")), graph(at(1), at(2, file="there/part.py"))
    assert on_common_files(left, right) == (left, right)


def test_where_no_name_is_shared_the_last_part_counts() -> None:
    left, right = graph(LIBRARY, at(1, file="/home/them/net.py")), graph(LIBRARY, at(1, file=r"C:\us\net.py"))
    assert [files(one) for one in on_common_files(left, right)] == [[LIBRARY.file, "net.py"]] * 2


def test_lines_of_files_with_nothing_in_common_tell_nothing() -> None:
    left = graph(LIBRARY, at(1, file="a/net.py"), at(7, file="a/main.py"))
    right = graph(LIBRARY, at(1, file="b/net.py"), at(7, file="b/train.py"))
    assert [files(one) for one in on_common_files(left, right)] == [[LIBRARY.file, "net.py"]] * 2


def test_a_graph_without_lines_leaves_the_other_its_own() -> None:
    left, right = graph(at(1)), graph()
    assert on_common_files(left, right) == (left, right)
