"""python -m bench.onnx_batch [PROVIDER]: does a model take less time for each of several pictures at once?

On the CPU its own time counts, of all threads, so that a busy machine matters less; elsewhere the clock's. Batches
take turns; the least of the rounds counts.
"""

import sys
import time

import numpy as np
import onnxruntime as ort
from numpy.typing import NDArray

from bench.onnx_net import multiplications, net

CPU = "CPUExecutionProvider"
BATCHES = (1, 2, 4, 8)
SIDES = (320, 640)
THREADS = (1, 2)
ROUNDS = 5


def session(side: int, threads: int, provider: str) -> ort.InferenceSession:
    options = ort.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    return ort.InferenceSession(net(side, "batch"), options, providers=[provider])


def ms_a_picture(running: ort.InferenceSession, pictures: NDArray[np.float32]) -> float:
    clock = time.process_time if running.get_providers()[0] == CPU else time.perf_counter
    began_s = clock()
    running.run(None, {"images": pictures})
    return (clock() - began_s) * 1000 / len(pictures)


def row(side: int, threads: int, provider: str) -> str:
    running = session(side, threads, provider)
    batches = [np.random.default_rng(0).random((batch, 3, side, side), np.float32) for batch in BATCHES]
    for each in batches:
        ms_a_picture(running, each)
    rounds = [[ms_a_picture(running, each) for each in batches] for _ in range(ROUNDS)]
    best = [min(times) for times in zip(*rounds, strict=True)]
    return f"| {side}, {threads} | {' | '.join(f'{ms:.1f}' for ms in best)} |\n"


def main(provider: str = CPU) -> None:
    sys.stdout.write(f"{provider}, {multiplications() / 1e9:.1f} G multiplications at 640x640; ms for each picture\n")
    sys.stdout.write(f"| side, threads | batch {' | '.join(map(str, BATCHES))} |\n")
    for side in SIDES:
        for threads in THREADS:
            sys.stdout.write(row(side, threads, provider))
            sys.stdout.flush()


if __name__ == "__main__":
    main(*sys.argv[1:])
