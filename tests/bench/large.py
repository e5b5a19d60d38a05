# SPDX-License-Identifier: GPL-3.0-or-later
"""Rows about large pictures: what they take of memory and time, and what was told before.

They paint a picture that is enlarged here, at every scale, with as few steps as show the figure.
"""
import json
import os
import subprocess
import tempfile
import time
from typing import NamedTuple

from table import ENVIRONMENT, Failed, call, call_bench, row

MIB = 1 << 20
MARGIN = 8  # pixels of canvas around the picture on each side
ANY = '100000000'  # MiB: no budget


class Painted(NamedTuple):
    step: float  # seconds, of the quickest at the last scale but its first
    seconds: float  # from start to end of the process
    peak: int  # bytes of resident memory, of the whole process
    precision: str


class Bench(NamedTuple):
    build: str
    model: str
    content: str
    style: str
    folder: str

    def picture(self, width, height):
        path = f'{self.folder}/{width}x{height}.jpg'
        if not os.path.exists(path):
            call('convert', self.content, '-resize', f'{width}x{height}!', '-quality', '95', path)
        return path

    def words(self, command, picture, *options):
        return [f'{self.build}/bin/maniera', command, picture, '--style', self.style,
                '-o', f'{self.folder}/painted.png', '--json', *options]

    def estimate(self, picture, *options, environment=None):
        return json.loads(call(*self.words('estimate', picture, *options), environment=environment))

    def paint(self, picture, *options, environment=None):
        start = time.monotonic()
        with tempfile.TemporaryFile('w+') as errors:
            process = subprocess.Popen(self.words('stylize', picture, *options), text=True,
                                       env=environment or ENVIRONMENT, stdout=subprocess.PIPE,
                                       stderr=errors)
            events = [json.loads(line) for line in process.stdout]
            _, status, usage = os.wait4(process.pid, 0)  # whose peak is VmHWM at the end
            process.returncode = os.waitstatus_to_exitcode(status)
            if process.returncode != 0:
                errors.seek(0)
                told = [event['message'] for event in events if event['event'] == 'error']
                raise Failed(f'stylize ended with {process.returncode}: '
                             + ' '.join(told or [errors.read().strip()]))
        steps = [event for event in events if event['event'] == 'progress']
        times = [event['seconds'] for event in steps if event['scale'] == event['scales']]
        return Painted(min((b - a for a, b in zip(times, times[1:])), default=float('nan')),
                       time.monotonic() - start, 1024 * usage.ru_maxrss, events[-1]['precision'])

    def tiling_factor(self, width, height, tile):
        """Products of a step in tiles over those of one in one piece."""
        told, = call_bench(self.build, 'tiling', self.model, str(width + 2 * MARGIN),
                           str(height + 2 * MARGIN), str(tile))
        return told['factor']


def canvas(width, height):
    return (width + 2 * MARGIN) * (height + 2 * MARGIN)


def in_mib(count):
    return f'{count / MIB:.0f} MiB'


def poster(bench, width=6000, height=4000, memory=4096, untiled=(1200, 800)):
    """Peak memory, and a step in tiles against the rate of a small picture in one piece."""
    in_one = bench.picture(*untiled)
    if bench.estimate(in_one, '--memory', ANY)['tiles'] != 1:
        raise Failed(f'{untiled} is not painted in one piece')
    # `normal` looks at fewer layers at large scales.
    rate = bench.paint(in_one, '--memory', ANY, '--scales', '1', '--iterations', '5').step / canvas(*untiled)

    picture, budget = bench.picture(width, height), ('--memory', str(memory), '--quality', 'high')
    told = bench.estimate(picture, *budget)
    # Enough for L-BFGS to have all its pairs at the last scale.
    iterations = ','.join(['2'] * (told['scales'] - 1) + ['3'])
    painted = bench.paint(picture, *budget, '--iterations', iterations)
    what = f'{width}x{height}, {memory} MiB, {painted.precision}'
    row(f'{what}: peak memory', in_mib(painted.peak), f'at most {memory} MiB')
    factor = bench.tiling_factor(width, height, told['tile'])
    needed = factor * rate * canvas(width, height)
    row(f'{what}: rate in {told["tiles"]} tiles of {told["tile"]} px, {factor:.2f} times the products',
        f'{100 * needed / painted.step:.0f} % of {1 / rate / 1e6:.2f} MP/s untiled, '
        f'a step {painted.step:.1f} s', 'at least 85 %')


def tiled(bench, width=2048, height=1536, share=0.25):
    """A step with a share of the memory against one in one piece."""
    picture, once = bench.picture(width, height), ('--scales', '1', '--iterations', '4')
    need = bench.estimate(picture, '--memory', ANY)['bytes']
    less = str(int(share * need / MIB))
    told = bench.estimate(picture, '--memory', less)
    whole = bench.paint(picture, *once, '--memory', ANY)
    parts = bench.paint(picture, *once, '--memory', less)
    row(f'{width}x{height}: step in {less} MiB ({told["tiles"]} tiles of {told["tile"]} px), '
        f'of {in_mib(need)} for one piece',
        f'{parts.step / whole.step:.2f} times, {parts.step:.2f} s of {whole.step:.2f} s; '
        f'peaks {in_mib(parts.peak)}, {in_mib(whole.peak)}', 'at most 3 times')


def giant(bench, width=12288, height=8192, memory=8192):
    painted = bench.paint(bench.picture(width, height), '--memory', str(memory), '--iterations', '1')
    row(f'{width}x{height}, one step at each scale, {memory} MiB: peak memory',
        f'{in_mib(painted.peak)}, {painted.seconds:.0f} s', f'completes, at most {memory} MiB')


def estimated(bench, size, optimizer, budget):
    """Told against what happened; `free` is all the memory there is, `short` the least of some shares
    of what that took with which it can be painted."""
    picture = bench.picture(size, size * 2 // 3)
    words = ['--optimizer', optimizer, '--iterations', '3']
    with tempfile.TemporaryDirectory(dir=bench.folder) as cache:  # measured anew
        environment = dict(ENVIRONMENT, XDG_CACHE_HOME=cache)
        told = bench.estimate(picture, *words, environment=environment)
        if budget == 'short':
            words, told = within_a_share(bench, picture, words, told['bytes'], environment)
        painted = bench.paint(picture, *words, environment=environment)
    row(f'{size} px, {optimizer}, {budget} ({told["tiles"]} tiles): told over peak of {in_mib(painted.peak)}, '
        f'over time of {painted.seconds:.0f} s',
        f'{told["bytes"] / painted.peak:.2f}, {told["seconds"] / painted.seconds:.2f}',
        '0.90 to 1.10, 0.75 to 1.25')


def within_a_share(bench, picture, words, need, environment):
    for share in (0.25, 0.5, 0.75, 0.85, 0.9, 0.95):
        budgeted = [*words, '--memory', str(int(share * need / MIB))]
        try:
            return budgeted, bench.estimate(picture, *budgeted, environment=environment)
        except Failed as error:
            refused = error
    raise refused


ROWS = {'poster': poster, 'tiled': tiled, 'giant': giant}
for _size in (512, 2048, 4096):
    for _optimizer in ('lbfgs', 'adam'):
        for _budget in ('free', 'short'):
            ROWS[f'estimate-{_size}-{_optimizer}-{_budget}'] = (
                lambda bench, size=_size, optimizer=_optimizer, budget=_budget:
                estimated(bench, size, optimizer, budget))
