"""What `deploy/handing_out/README.md` says of nbgitpuller holds for lesson 1."""

import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

pytest.importorskip("nbgitpuller", reason="nbgitpuller is not installed; make test-hub installs it")

LESSON = Path(__file__).resolve().parents[1] / "notebooks" / "01_relu_and_derivatives.ipynb"
AS_TEACHER = ("-c", "user.name=teacher", "-c", "user.email=teacher@localhost")


class Course:
    """A teacher's repository with lesson 1, and a student who has clicked the link once."""

    def __init__(self, folder):
        self.teachers, self.students = folder / "teacher", folder / "student"
        self.teachers.mkdir()
        self.git("init", "--quiet", "--initial-branch=main")
        self.publish()
        self.click()

    def git(self, *arguments):
        subprocess.run(["git", *AS_TEACHER, *arguments], cwd=self.teachers, check=True)

    def publish(self, change=lambda cells: None):
        """Let the teacher change the lesson as the course has it."""
        write(self.teachers, nbformat.read(LESSON, as_version=4), change)
        self.git("add", "--all")
        self.git("commit", "--quiet", "--message", "a correction")

    def click(self):
        command = [sys.executable, "-m", "nbgitpuller.pull"]
        subprocess.run([*command, self.teachers.as_uri(), "main", self.students], check=True)
        return cells_of(self.read())

    def read(self):
        return nbformat.read(self.students / LESSON.name, as_version=4)

    def work(self, change):
        """Let the student change the lesson, run all of it as the second thing, and save it."""

        def solve_and_run(cells):
            for number, cell in enumerate(cells.values(), start=40):
                if cell.cell_type == "code":
                    cell.execution_count = number
                    for output in cell.outputs:
                        if output.output_type == "execute_result":
                            output.execution_count = number
            change(cells)

        notebook = self.read()
        notebook.metadata["widgets"] = {"application/vnd.jupyter.widget-state+json": {}}
        write(self.students, notebook, solve_and_run)


@pytest.fixture
def course(tmp_path):
    return Course(tmp_path)


def cells_of(notebook):
    return {cell.id: cell for cell in notebook.cells}


def write(folder, notebook, change):
    cells = cells_of(notebook)
    change(cells)
    notebook.cells = list(cells.values())
    nbformat.write(notebook, folder / LESSON.name)


MINE = "def my_relu_backward(upstream, z):\n    return upstream * (z > 0)"


def solve(cells):
    cells["my-relu-backward"].source = MINE
    (output,) = cells["check-relu-backward"].outputs
    output.data = {"text/plain": "✔ Correct"}


def test_work_survives_a_correction_of_other_cells_and_new_files_arrive(course):
    def correct(cells):
        cells["unit"].source += "\n\nCorrected."
        cells["relu-of-number"].source += "  # corrected"
        cells["exercises"].source += "\n\nCorrected, just above the student's cell."
        (course.teachers / "new.ipynb").write_text("a new lesson")

    course.work(solve)
    (course.students / "exercises.json").write_text("the student's results")
    course.publish(correct)
    cells = course.click()
    assert cells["my-relu-backward"].source == MINE
    assert cells["check-relu-backward"].outputs[0].data == {"text/plain": "✔ Correct"}
    assert cells["unit"].source.endswith("Corrected.")
    assert cells["relu-of-number"].source.endswith("  # corrected")
    assert cells["exercises"].source.endswith("Corrected, just above the student's cell.")
    assert (course.students / "new.ipynb").read_text() == "a new lesson"
    assert (course.students / "exercises.json").read_text() == "the student's results"


def test_where_both_changed_a_line_the_students_stays_and_is_kept_when_they_start_afresh(course):
    def correct(cells):
        cells["my-relu-backward"].source = "def my_relu_backward(upstream, z):\n    return ..."
        cells["s-curves"].source = f"# corrected\n{cells['s-curves'].source}"

    def work(cells):
        solve(cells)
        cells["s-curves"].source += "\n# mine"

    course.work(work)
    (course.students / "new.txt").write_text("mine")
    (course.teachers / "new.txt").write_text("the teacher's")
    course.publish(correct)
    cells = course.click()
    assert cells["my-relu-backward"].source == MINE
    lines = cells["s-curves"].source.splitlines()
    assert (lines[0], lines[-1]) == ("# corrected", "# mine")
    assert {path.read_text() for path in course.students.glob("new*.txt")} == {
        "mine",
        "the teacher's",
    }

    (course.students / LESSON.name).rename(course.students / "mine.ipynb")
    assert course.click()["my-relu-backward"].source.endswith("return ...")
    assert "z > 0" in (course.students / "mine.ipynb").read_text(encoding="utf-8")


def test_a_cell_that_the_teacher_removed_stays_where_the_student_changed_it(course):
    course.work(solve)
    course.publish(lambda cells: cells.pop("my-relu-backward"))
    assert course.click()["my-relu-backward"].source == MINE


def test_a_new_code_cell_can_be_missing_from_a_notebook_that_was_run(course):
    """This is why the README advises a new notebook for new cells."""

    def insert(cells):
        later = {name: cells.pop(name) for name in list(cells)[list(cells).index("tape") :]}
        cells["new"] = nbformat.v4.new_code_cell("print(1)", id="new", execution_count=25)
        cells |= later
        for cell in later.values():
            if cell.cell_type == "code":
                cell.execution_count += 1

    course.work(solve)
    course.publish(insert)
    cells = course.click()
    assert "new" not in cells
    assert cells["my-relu-backward"].source == MINE
