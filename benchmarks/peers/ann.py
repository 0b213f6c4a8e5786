"""Runs hnswlib and faiss for benchmarks/ann, which talks to it.

Each line of standard input is a request, each line of standard output its answer,
both JSON. Vectors are raw little-endian float32, row-major and of unit length.

  {"op": "load", "base": FILE, "queries": FILE, "kth": FILE, "dim": D}
      kth has the true distance of each query's k-th neighbour.
  {"op": "build", "engine": "hnswlib"|"faiss", "m": M, "efc": EFC, "threads": T}
      -> {"seconds": S, "cpu": S, "bytes": resident memory that the build added}
  {"op": "search", "engine": E, "ef": EF, "k": K}      on one thread
      -> {"cpu": S, "recall": share of answers no farther than the k-th}
"""
import json
import sys
import time

import faiss
import hnswlib
import numpy as np


def resident():
    with open("/proc/self/status") as f:
        for line in f:
            if line.startswith("VmRSS:"):
                return int(line.split()[1]) * 1024
    return 0


class Hnswlib:
    version = getattr(hnswlib, "__version__", "0.8.0")

    def build(self, base, m, efc, threads):
        n, dim = base.shape
        self.index = hnswlib.Index(space="ip", dim=dim)
        self.index.init_index(max_elements=n, M=m, ef_construction=efc, random_seed=100)
        self.index.add_items(base, num_threads=threads)

    def search(self, queries, k, ef):
        self.index.set_ef(ef)
        ids, distances = self.index.knn_query(queries, k=k, num_threads=1)
        return distances


class Faiss:
    version = faiss.__version__

    def build(self, base, m, efc, threads):
        faiss.omp_set_num_threads(threads)
        self.index = faiss.IndexHNSWFlat(base.shape[1], m)
        self.index.hnsw.efConstruction = efc
        self.index.add(base)

    def search(self, queries, k, ef):
        faiss.omp_set_num_threads(1)
        self.index.hnsw.efSearch = ef
        distances, ids = self.index.search(queries, k)
        return distances / 2  # |a-b|^2 of unit vectors is 2 - 2ab


def main():
    data, engines = {}, {}
    for line in sys.stdin:
        r = json.loads(line)
        answer = {}
        if r["op"] == "load":
            engines.clear()
            for name in ("base", "queries", "kth"):
                data[name] = np.fromfile(r[name], dtype="<f4")
            for name in ("base", "queries"):
                data[name] = data[name].reshape(-1, r["dim"])
        elif r["op"] == "build":
            engine = {"hnswlib": Hnswlib, "faiss": Faiss}[r["engine"]]()
            engines.pop(r["engine"], None)
            before = resident()
            start, busy = time.perf_counter(), time.process_time()
            engine.build(data["base"], r["m"], r["efc"], r["threads"])
            answer["seconds"] = time.perf_counter() - start
            answer["cpu"] = time.process_time() - busy
            answer["bytes"] = resident() - before
            answer["version"] = engine.version
            engines[r["engine"]] = engine
        elif r["op"] == "search":
            busy = time.process_time()
            distances = engines[r["engine"]].search(data["queries"], r["k"], r["ef"])
            answer["cpu"] = time.process_time() - busy
            good = distances <= data["kth"][:, None] + 1e-5
            answer["recall"] = float(good.mean())
        print(json.dumps(answer), flush=True)


main()
