# SPDX-License-Identifier: GPL-3.0-or-later
"""What the rows of the bench share: calling programs, and printing."""
import json
import os
import subprocess
import time

# Set on some machines for the sake of old processors; they slow OpenBLAS down.
ENVIRONMENT = {name: value for name, value in os.environ.items()
               if name not in ('OPENBLAS_CORETYPE', 'OPENBLAS_L2_SIZE')}


class Failed(Exception):
    """A program did not do what it was asked for; the text says why."""


def call(*words, environment=None):
    done = subprocess.run(words, env=environment or ENVIRONMENT, capture_output=True, text=True)
    if done.returncode != 0:
        raise Failed(f"{os.path.basename(words[0])}: {(done.stderr or done.stdout).strip()}")
    return done.stdout


def call_bench(build, *words):
    """The lines of JSON that `bench` prints, with the OpenBLAS kernels that the program starts with."""
    environment = dict(ENVIRONMENT)
    for line in call(f'{build}/bin/maniera', 'devices', '--verbose').splitlines():
        if line.startswith('OpenBLAS') and ', kernels: ' in line:
            environment['OPENBLAS_CORETYPE'] = line.rpartition(', kernels: ')[2]
    told = call(f'{build}/bin/bench', *words, environment=environment)
    return [json.loads(line) for line in told.splitlines()]


def clock(*words):
    start = time.monotonic()
    call(*words)
    return time.monotonic() - start


def row(figure, got, wanted):
    print(f'| {figure} | {got} | {wanted} |', flush=True)
