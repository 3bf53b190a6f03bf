"""The same figures in scikit-learn, timed: called by the benchmark program with the folder of its arrays and the number of replicates."""
import sys
import time

try:
    import numpy as np
    import sklearn
    from sklearn.metrics import precision_recall_curve, roc_auc_score, roc_curve
except ImportError as missing:
    print(f"scikit-learn was not measured: {missing}. Set PYTHON to an interpreter that has it.")
    sys.exit(0)

MEASURED = 100  # replicates that are really run: each costs the same, and all of them take minutes


def load(name):
    return tuple(np.fromfile(f"{sys.argv[1]}/{name}.{part}", kind) for part, kind in (("labels", bool), ("scores", float), ("groups", np.int32)))


def timed(what, work, repeats=1, factor=1.0, note=""):
    best, result = np.inf, None
    for _ in range(repeats):
        start = time.perf_counter()
        result = work()
        best = min(best, time.perf_counter() - start)
    print(f"scikit-learn {sklearn.__version__} {what}: {best * factor:.3f} s{note} (result {result!r})", flush=True)


labels, scores, _ = load("large")
timed("AUC, 10,000,000 scores", lambda: roc_auc_score(labels, scores))
timed("ROC curve, 10,000,000 scores", lambda: len(roc_curve(labels, scores, drop_intermediate=False)[0]))
timed("precision-recall curve, 10,000,000 scores", lambda: len(precision_recall_curve(labels, scores)[0]))

labels, scores, groups = load("bootstrap")
replicates = int(sys.argv[2])
positions = np.split(np.arange(len(groups)), np.flatnonzero(np.diff(groups)) + 1)
positive = [p for p in positions if labels[p[0]]]
negative = [p for p in positions if not labels[p[0]]]
random = np.random.default_rng(1)


def bootstrap():
    values = []
    for _ in range(MEASURED):
        drawn = np.concatenate([kind[i] for kind in (positive, negative) for i in random.integers(len(kind), size=len(kind))])
        values.append(roc_auc_score(labels[drawn], scores[drawn]))
    return float(np.quantile(values, 0.025))


timed(f"AUC by group, {replicates} replicates of 100,000 scores, one thread", bootstrap, factor=replicates / MEASURED,
      note=f" ({MEASURED} replicates measured, scaled up)")
