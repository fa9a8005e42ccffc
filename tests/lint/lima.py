# SPDX-License-Identifier: GPL-2.0-only
"""The template for Lima: keys and values as Lima documents them (its templates/default.yaml), both architectures, the packages of
packages.list, and scripts that shells accept; each probe is run where this machine has what it asks for."""
import re
import subprocess

import lint

try:
    import yaml
except ImportError:
    lint.skip("python3-yaml is not installed")

TEMPLATE, PACKAGES = "packaging/lima/observer.yaml", "packaging/packages.list"
ARCHITECTURES = {"x86_64", "aarch64", "riscv64", "armv7l"}
SIZE = re.compile(r"\d+(\.\d+)?\s*([KMGT]i?B|B)?")


class Need:
    """A value of a type, perhaps one of some, perhaps matching a pattern."""

    def __init__(self, kind, among=None, pattern=None):
        self.kind, self.among, self.pattern = kind, among, pattern and re.compile(pattern)

    def check(self, value, at):
        if not isinstance(value, self.kind) or (self.kind is int and isinstance(value, bool)):
            yield f"{at} is {value!r}, not of type {self.kind.__name__}"
        elif self.among and value not in self.among:
            yield f"{at} is '{value}', not one of {', '.join(sorted(self.among))}"
        elif self.pattern and not self.pattern.fullmatch(value):
            yield f"{at} is '{value}', which is not like {self.pattern.pattern}"


class Rows:
    """A list of mappings of one shape."""

    def __init__(self, shape, least=1):
        self.shape, self.least = shape, least

    def check(self, value, at):
        if not isinstance(value, list) or len(value) < self.least:
            yield f"{at} is not a list of at least {self.least}"
            return
        for number, row in enumerate(value):
            yield from self.shape.check(row, f"{at}[{number}]")


class Shape:
    """A mapping; keys given as must_KEY must be there."""

    def __init__(self, **keys):
        self.keys = {key.removeprefix("must_"): need for key, need in keys.items()}
        self.must = [key.removeprefix("must_") for key in keys if key.startswith("must_")]

    def check(self, value, at):
        if not isinstance(value, dict):
            yield f"{at} is not a mapping"
            return
        yield from (f"{at} has no '{key}'" for key in self.must if key not in value)
        for key, inner in value.items():
            if key in self.keys:
                yield from self.keys[key].check(inner, f"{at}.{key}")
            else:
                yield f"{at}: Lima has no '{key}' there"


SCRIPT = Need(str, pattern=r"(?s)#!.+")
IMAGE = Shape(must_location=Need(str, pattern=r"https://\S+"), must_arch=Need(str, ARCHITECTURES),
              digest=Need(str, pattern=r"sha(256|512):[0-9a-f]+"))
LIMA = Shape(
    minimumLimaVersion=Need(str, pattern=r"\d+\.\d+\.\d+"),
    vmType=Need(str, {"qemu", "vz", "default"}), os=Need(str, {"Linux"}), arch=Need(str, ARCHITECTURES | {"default"}),
    must_images=Rows(IMAGE), cpus=Need(int), memory=Need(str, pattern=SIZE.pattern), disk=Need(str, pattern=SIZE.pattern),
    mounts=Rows(Shape(must_location=Need(str), mountPoint=Need(str), writable=Need(bool))),
    mountType=Need(str, {"reverse-sshfs", "9p", "virtiofs", "default"}),
    containerd=Shape(system=Need(bool), user=Need(bool)), upgradePackages=Need(bool), message=Need(str),
    provision=Rows(Shape(must_mode=Need(str, {"system", "user", "boot", "dependency", "ansible"}), must_script=SCRIPT)),
    probes=Rows(Shape(mode=Need(str, {"readiness"}), must_description=Need(str), must_script=SCRIPT, hint=Need(str))),
)


def scripts(template):
    for place in ("provision", "probes"):
        for number, row in enumerate(template.get(place, [])):
            yield f"{place}[{number}]", row["script"]


def check_packages(template):
    wanted = {line.split()[1] for line in (lint.root() / PACKAGES).read_text().splitlines()
              if line.startswith(("build ", "test "))} | {"make"}
    named = set(re.search(r'packages="([^"]*)"', template["provision"][0]["script"]).group(1).split())
    yield from (f"does not install {name}, which {PACKAGES} names" for name in sorted(wanted - named))
    yield from (f"installs {name}, which {PACKAGES} does not name" for name in sorted(named - wanted - {"ca-certificates"}))


def check_script(at, script):
    shell = script.split("\n")[0].removeprefix("#!")
    run = subprocess.run([shell, "-n"], input=script, capture_output=True, text=True)
    if run.returncode:
        yield f"{at}: {run.stderr.strip()}"


def run_probe(at, script):
    """A probe that fails though what it names is there could never succeed; one that lacks something here is not judged."""
    run = subprocess.run(["/bin/sh"], input=script.replace("timeout 60", "timeout 1"), capture_output=True, text=True)
    if run.returncode:
        print(f"{at} does not hold on this machine: {run.stderr.strip() or 'status ' + str(run.returncode)}")
    return run.returncode == 0


template = yaml.safe_load((lint.root() / TEMPLATE).read_text())
problems = list(LIMA.check(template, "template"))
checked = len(template)
if not problems:
    problems += [f"no image for {arch}" for arch in ("x86_64", "aarch64")
                 if arch not in {image["arch"] for image in template["images"]}]
    problems += check_packages(template)
    for at, script in scripts(template):
        problems += check_script(at, script)
        checked += 1 + (at.startswith("probes") and run_probe(at, script))
# The check itself: what is wrong is found.
for wrong in ({"images": []}, {"images": template["images"], "cpu": 2}, {"images": [{"location": "x", "arch": "arm64"}]},
              {"images": template["images"], "probes": [{"description": "x", "script": "true"}]},
              {"images": template["images"], "cpus": "2"}, {"images": template["images"], "memory": "much"}):
    checked += 1
    if not list(LIMA.check(wrong, "template")):
        problems.append(f"the check finds nothing wrong with {wrong}")
lint.end([f"{TEMPLATE}: {problem}" for problem in problems], checked)
