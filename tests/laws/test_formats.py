import pytest

from analoghop.testing import check_format
from tests.examples.formats import FORMATS


@pytest.mark.parametrize("name", FORMATS)
def test_formats_keep_the_laws(name):
    form = FORMATS[name]
    check_format(form.write, form.read, form.record, name)
