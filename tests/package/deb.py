# SPDX-License-Identifier: GPL-2.0-only
"""make deb: lintian finds nothing; in a fresh Debian it installs, runs as its unit says, is upgraded, removed and purged.

usage: deb.py SOURCES
"""
import json
import os
import pathlib
import re
import signal
import socket
import subprocess
import sys
import tempfile
import time

import package
from package import check, run

LIBRARIES = ["libbpf1", "libseccomp2", "libtraceevent1", "zlib1g", "init-system-helpers"]
# What dpkg itself writes down.
DPKG = re.compile(r"/var/(lib/dpkg|log/dpkg\.log|log/apt|cache)|/etc/ld\.so\.cache|/(proc|sys|tmp|root)(/|$)")


def repository():
    """Where this machine's apt finds its own release."""
    targets = run("apt-get", "indextargets", "--format", "$(REPO_URI) $(CODENAME)", "Created-By: Packages", status=None)
    code = re.search(r"^VERSION_CODENAME=(\w+)", pathlib.Path("/etc/os-release").read_text(), re.M)
    rows = [line.split() for line in targets.splitlines() if line.endswith(f" {code and code[1]}")]
    if not rows:
        package.skip("apt knows no repository of this release")
    return rows[0]


def check_lintian(packages):
    said = run("lintian", "-EviIL", "+pedantic", "--allow-root", *packages, status=None)
    # Whether bytes of a BPF object look like a misspelt word changes with the object.
    complaints = [line for line in said.splitlines()
                  if re.match(r"[EWIPX]: ", line) and "unused-override spelling-error-in-binary" not in line]
    check(not complaints, f"lintian: {complaints}")


def make_debian(folder):
    uri, suite = repository()
    log = run("debootstrap", "--variant=minbase", f"--include={','.join(LIBRARIES)}", suite, folder, uri, status=None)
    if not (folder / "usr/bin/dpkg").exists() or "Base system installed successfully" not in log:
        package.skip(f"debootstrap cannot make a Debian here: {log.splitlines()[-1:]}")


def files(debian):
    found = set()
    for folder, folders, names in os.walk(debian):
        here = folder[len(str(debian)):]
        folders[:] = [name for name in folders if not DPKG.match(f"{here}/{name}")]
        found |= {f"{here}/{name}" for name in folders + names if not DPKG.match(f"{here}/{name}")}
    return found


def inside(debian, *command, **options):
    return run("chroot", debian, *command, env={"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "DEBIAN_FRONTEND": "noninteractive"},
               **options)


def wait_for(what, condition):
    for _ in range(200):
        if condition():
            return check(True, what)
        time.sleep(0.1)
    return check(False, what)


def check_service(debian):
    """Runs what the unit runs, as a user with its two capabilities, told where to notify: what systemd would do."""
    unit = (debian / "lib/systemd/system/observer.service").read_text()
    command = re.search(r"^ExecStart=(.*)", unit, re.M)[1].split()
    logs = debian / "var/log/observer"
    logs.mkdir(mode=0o750)
    os.chown(logs, 65534, 65534)
    address = debian / "run/notify"
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    listener.bind(str(address))
    os.chmod(address, 0o777)
    listener.settimeout(30)
    limits = [f"--{kind}=-all,+bpf,+perfmon" for kind in ("inh-caps", "ambient-caps", "bounding-set")]
    service = subprocess.Popen(["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", *limits, "--no-new-privs",
                                "env", f"NOTIFY_SOCKET={address}", "sh", "-c", 'exec "$@"', "sh",
                                *[word.replace("/var/log", str(debian / "var/log")) for word in
                                  [str(debian / command[0][1:]), *command[1:]]]],
                               stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    try:
        ready = listener.recv(100).decode()
    except TimeoutError:
        ready = "nothing"
    listener.close()
    if not check("READY=1" in ready, f"it notifies when it is ready: {ready}"):
        service.kill()
        print(service.communicate()[0])
        return
    output = logs / "exec.json"
    subprocess.run(["/bin/true", "before the rotation"])
    wait_for("it writes", lambda: "before the rotation" in output.read_text())
    output.rename(logs / "exec.json.1")
    service.send_signal(signal.SIGHUP)
    wait_for("it opens its file anew", output.exists)
    subprocess.run(["/bin/true", "after the rotation"])
    wait_for("it goes on", lambda: "after the rotation" in output.read_text())
    service.send_signal(signal.SIGTERM)
    said = service.communicate(timeout=30)[0]
    check(service.returncode == 0 and "exec: seen" in said and "add up" not in said, f"it ends: {service.returncode} {said}")
    lines = [json.loads(line) for name in ("exec.json.1", "exec.json") for line in (logs / name).read_text().splitlines()]
    numbers = {}
    for line in lines:
        if line["event"] == "exec":
            numbers.setdefault(line["cpu"], []).append(line["seq"])
    check(all(seqs == list(range(seqs[0], seqs[0] + len(seqs))) for seqs in numbers.values()), "no number is missing")


def check_life(debian, package_file, folder):
    before = files(debian)
    for version, file in (("first", package_file), ("later", package.raise_version(package_file, folder / "later"))):
        (debian / "root/observer.deb").write_bytes(file.read_bytes())
        inside(debian, "dpkg", "-i", "/root/observer.deb")
        check("observer 0." in inside(debian, "observer", "--version"), f"the {version} one runs")
    (debian / "root/observer.deb").unlink()
    check(not list(debian.glob("etc/systemd/system/*.wants/observer.service")), "nothing is enabled")
    check_service(debian)
    inside(debian, "dpkg", "--remove", "observer")
    check(not (debian / "usr/bin/observer").exists(), "removed")
    check((debian / "var/log/observer/exec.json").exists(), "removing keeps what was recorded")
    inside(debian, "dpkg", "--purge", "observer")
    left = sorted(files(debian) - before - {"/run/notify"})
    check(not left, f"left after the purge: {left}")


def main():
    package.need("git", "make", "dpkg-buildpackage", "dh", "lintian", "debootstrap", "setpriv")
    if os.geteuid() != 0:
        package.skip("only root can make a Debian to install into")
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        folder.chmod(0o755)
        built = package.build_deb(sys.argv[1], folder)
        packages = sorted(built.parent.glob("*.changes"))
        check_lintian(packages)
        make_debian(folder / "debian")
        run("mount", "-t", "proc", "proc", folder / "debian/proc")
        try:
            check_life(folder / "debian", built, folder)
        finally:
            run("umount", folder / "debian/proc")
    package.end()


main()
