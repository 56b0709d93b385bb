"""The course as a web site: `build` turns notebooks into pages, `conf` is Sphinx's."""
