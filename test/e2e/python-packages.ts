/** Source distributions of small Python packages, for tests that reach no index. */
import { execa } from "execa";
import { temporaryFolder, writeFiles } from "../support/folder.ts";

/** What `setup.py` says beside the name and the version, and the files beside it. */
interface Package {
  readonly setup: string;
  readonly files: Readonly<Record<string, string>>;
}

const extension = (name: string, count: string): Package => ({
  setup: `ext_modules=[Extension("${name}", ["${name}.c"])]`,
  files: {
    [`${name}.c`]: `#include <Python.h>
static PyObject *count(PyObject *self, PyObject *none) { return PyLong_FromLong(${count}); }
static PyMethodDef methods[] = {{"count", count, METH_NOARGS, ""}, {0}};
static struct PyModuleDef module = {PyModuleDef_HEAD_INIT, "${name}", "", -1, methods};
PyMODINIT_FUNC PyInit_${name}(void) { return PyModule_Create(&module); }
`,
  },
});

const demo = (version: string): Package => ({
  setup: `py_modules=["demo"], install_requires=["native"]`,
  files: {
    "demo.py": `import native\n\ndef text():\n    return f"demo ${version} counts {native.count()}"\n`,
  },
});

const needs = (...requirements: string[]): Package => ({
  setup: `install_requires=${JSON.stringify(requirements)}`,
  files: {},
});

/** Ten that need the same compiled one, and a newer version of the first. */
export const manyPackages: readonly string[] = [
  ...Array.from({ length: 10 }, (_, index) => `service${index}-1.0`),
  "service0-1.1",
];

const packages: Readonly<Record<string, Package>> = {
  "demo-1.0": demo("1.0"),
  "demo-1.1": demo("1.1"),
  "native-2.0": extension("native", "42"),
  "broken-1.0": extension("broken", "no_such_name"),
  "future-1.0": { setup: `python_requires=">=4"`, files: {} },
  "needy-1.0": needs("nowhere-to-be-had>=3"),
  "one-1.0": needs("native<2"),
  "torn-1.0": needs("native>=2", "one"),
  "native-1.0": extension("native", "41"),
  "half-1.0": needs("native", "broken"),
  "uwsgi-2.0": extension("uwsgi", "1"),
  ...Object.fromEntries(manyPackages.map((name) => [name, needs("native")])),
};

/** The time of the files of each. */
export const releasedAt = new Date("2022-02-03T04:05:06Z");

/** Writes `NAME-VERSION.tar.gz` of each into the folder. */
export async function writeSourceDistributions(
  folder: string,
  names: readonly string[],
): Promise<void> {
  for (const name of names) {
    const { setup, files } = packages[name] as Package;
    const [own, version] = name.split("-");
    const text = `from setuptools import Extension, setup
setup(name="${own}", version="${version}", ${setup})
`;
    const source = temporaryFolder();
    writeFiles(source, { [`${name}/setup.py`]: text });
    for (const [file, content] of Object.entries(files))
      writeFiles(source, { [`${name}/${file}`]: content });
    const time = `--mtime=${releasedAt.toISOString()}`;
    await execa("tar", [time, "-czf", `${folder}/${name}.tar.gz`, "-C", source, name]);
  }
}

/** A server in Python that lists and sends the files below `/srv/files` to those who have the login. */
export const privateIndex = (login: string): string => `
import base64, http.server, os
FILES = "/srv/files"
LOGIN = "Basic " + base64.b64encode(b"${login}").decode()

class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        name = self.path.strip("/").split("/")[-1]
        if self.headers["Authorization"] != LOGIN:
            return self.answer(401, b"")
        if self.path.startswith("/files/"):
            return self.answer(200, open(os.path.join(FILES, name), "rb").read())
        own = [file for file in os.listdir(FILES) if file.startswith(name + "-")]
        page = "".join(f'<a href="/files/{file}">{file}</a>' for file in own)
        return self.answer(200 if own else 404, page.encode())

    def answer(self, code, body):
        self.send_response(code)
        self.send_header("Content-Type", "text/html")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

http.server.HTTPServer(("", 8000), Handler).serve_forever()
`;
