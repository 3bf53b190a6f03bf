"""Writes references.json: what scikit-learn, SciPy and statsmodels say about small generated sets of cases.

Run with Debian's python3-sklearn (1.2.1), python3-scipy (1.10.1) and python3-statsmodels (0.13.5):
    python3 make_references.py && Rscript make_references.R
"""
import json
import warnings

import numpy as np
from scipy.special import expit, logit
from scipy.stats import _resampling
from sklearn import metrics
from sklearn.calibration import _SigmoidCalibration, calibration_curve
from sklearn.isotonic import IsotonicRegression
from statsmodels.api import GLM, Logit, add_constant, families
from statsmodels.stats.contingency_tables import mcnemar
from statsmodels.stats.proportion import proportion_confint

warnings.simplefilter("ignore")


def clean(value):
    if isinstance(value, dict):
        return {k: clean(v) for k, v in value.items()}
    if isinstance(value, (list, tuple, np.ndarray)):
        return [clean(v) for v in value]
    if isinstance(value, (bool, np.bool_)):
        return bool(value)
    if isinstance(value, (int, np.integer)):
        return int(value)
    if isinstance(value, (float, np.floating)):
        value = float(value)
        return value if np.isfinite(value) else {np.inf: "Infinity", -np.inf: "-Infinity"}.get(value, "NaN")
    return value


def cases(name, labels, scores, second=None, weights=None, groups=None):
    labels = np.asarray(labels, bool)
    scores = np.asarray(scores, float)
    w = None if weights is None else np.asarray(weights, float)
    found = {"name": name, "labels": labels, "scores": scores, "second": second, "weights": weights, "groups": groups}
    fpr, tpr, thresholds = metrics.roc_curve(labels, scores, sample_weight=w, drop_intermediate=False)
    precision, recall, pr_thresholds = metrics.precision_recall_curve(labels, scores, sample_weight=w)
    found |= {
        "fpr": fpr, "tpr": tpr, "rocThresholds": thresholds[1:],
        "precision": precision, "recall": recall, "prThresholds": pr_thresholds,
        "auc": metrics.roc_auc_score(labels, scores, sample_weight=w),
        "partialAuc10": metrics.roc_auc_score(labels, scores, max_fpr=0.1, sample_weight=w),
        "partialAuc35": metrics.roc_auc_score(labels, scores, max_fpr=0.35, sample_weight=w),
        "averagePrecision": metrics.average_precision_score(labels, scores, sample_weight=w),
        "brier": metrics.brier_score_loss(labels, scores, sample_weight=w),
        "logLoss": metrics.log_loss(labels, scores, sample_weight=w),
        "atThreshold": [],
    }
    for threshold in (0.5, 0.3, 2.0):
        calls = scores >= threshold
        tn, fp, fn, tp = metrics.confusion_matrix(labels, calls, sample_weight=w).ravel()
        nothing = {"zero_division": 0}  # this version knows no NaN; calls of one kind are mapped below
        found["atThreshold"].append({
            "threshold": threshold, "tp": tp, "fp": fp, "fn": fn, "tn": tn,
            "accuracy": metrics.accuracy_score(labels, calls, sample_weight=w),
            "balancedAccuracy": metrics.balanced_accuracy_score(labels, calls, sample_weight=w),
            "sensitivity": metrics.recall_score(labels, calls, sample_weight=w),
            "specificity": metrics.recall_score(~labels, ~calls, sample_weight=w),
            "precision": metrics.precision_score(labels, calls, sample_weight=w, **nothing) if calls.any() else np.nan,
            "npv": metrics.precision_score(~labels, ~calls, sample_weight=w, **nothing) if (~calls).any() else np.nan,
            "f1": metrics.f1_score(labels, calls, sample_weight=w, **nothing),
            "mcc": metrics.matthews_corrcoef(labels, calls, sample_weight=w),
            "kappa": metrics.cohen_kappa_score(labels, calls, sample_weight=w),
        })
    if w is None:
        for strategy in ("uniform", "quantile"):
            for bins in (5, 10):
                observed, predicted = calibration_curve(labels, scores, n_bins=bins, strategy=strategy)
                found[f"{strategy}{bins}"] = {"observed": observed, "predicted": predicted}
    isotonic = IsotonicRegression(y_min=0, y_max=1, out_of_bounds="clip").fit(scores, labels.astype(float), sample_weight=w)
    grid = np.linspace(0, 1, 41)
    found["isotonic"] = {"at": grid, "is": isotonic.predict(grid)}
    return found


def spread(random, n, prevalence, gap):
    labels = random.random(n) < prevalence
    labels[:2] = True
    labels[2:4] = False
    latent = random.normal(size=n) + gap * labels
    return labels, latent


def obuchowski(labels, scores, groups, other=None):
    """Obuchowski 1997 by its definition: sums over groups of structural components, all pairs compared."""
    labels = np.asarray(labels, bool)
    groups = np.asarray(groups)

    def parts(s):
        s = np.asarray(s, float)
        x, y = s[labels], s[~labels]
        psi = (x[:, None] > y[None]) + 0.5 * (x[:, None] == y[None])
        theta = psi.mean()
        gx, gy = groups[labels], groups[~labels]
        v10, v01 = psi.mean(1), psi.mean(0)
        ids = np.unique(groups)
        return (theta, np.array([(v10[gx == g] - theta).sum() for g in ids]), np.array([(v01[gy == g] - theta).sum() for g in ids]),
                len(np.unique(gx)), len(np.unique(gy)), len(ids), len(x), len(y))

    t, a10, a01, i10, i01, i, m, n = parts(scores)
    _, b10, b01, *_ = parts(scores if other is None else other)
    s10 = i10 / ((i10 - 1) * m) * (a10 * b10).sum()
    s01 = i01 / ((i01 - 1) * n) * (a01 * b01).sum()
    s11 = i / (i - 1) * (a10 * b01).sum()
    s11b = i / (i - 1) * (a01 * b10).sum()
    return t, s10 / m + s01 / n + (s11 + s11b) / (m * n)


random = np.random.default_rng(20200424)
sets = []

labels, latent = spread(random, 200, 0.5, 1.5)
sets.append(cases("smooth", labels, expit(latent - 0.7), second=expit(latent + random.normal(size=200) - 0.7)))

labels, latent = spread(random, 300, 0.2, 1.0)
second = np.round(expit(latent + random.normal(size=300)), 1)
sets.append(cases("tied", labels, np.round(expit(latent), 1), second=second))

labels, latent = spread(random, 150, 0.35, 1.2)
weights = random.integers(0, 4, 150).astype(float)
sets.append(cases("whole weights", labels, np.round(expit(latent), 2), weights=weights))

labels, latent = spread(random, 150, 0.35, 1.2)
sets.append(cases("weights", labels, np.round(expit(latent), 2), weights=random.exponential(size=150)))

sets.append(cases("separated", [False] * 5 + [True] * 5, np.linspace(0.05, 0.95, 10)))
sets.append(cases("reversed", [True] * 4 + [False] * 6, np.linspace(0.05, 0.95, 10)))
sets.append(cases("constant", [True, False, True, False, False], [0.4] * 5))
sets.append(cases("single positive", [False, True, False, False], [0.2, 0.6, 0.6, 0.9]))
sets.append(cases("on the edges", [False, True] * 11, np.arange(22) // 2 / 10.0))
sets.append(cases("sure", [False, True, True, False, True], [0.0, 1.0, 0.0, 1.0, 0.5]))

# Groups of unequal size, some with both classes; scores share a part within the group.
groups = np.repeat(np.arange(24), random.integers(1, 9, 24))
labels = np.where(groups % 3 == 0, random.random(len(groups)) < 0.5, groups % 3 == 1)
shared = random.normal(size=24)[groups]
latent = shared + 0.7 * random.normal(size=len(groups)) + 1.2 * labels
second = np.round(expit(latent + random.normal(size=len(groups))), 3)
first = np.round(expit(latent), 2)
grouped = cases("grouped", labels, first, second=second, groups=groups)
auc, variance = obuchowski(labels, first, groups)
other, other_variance = obuchowski(labels, second, groups)
_, covariance = obuchowski(labels, first, groups, second)
grouped["obuchowski"] = {"auc": auc, "variance": variance, "otherAuc": other, "otherVariance": other_variance, "covariance": covariance}
sets.append(grouped)

proportions = []
for k, n in [(0, 1), (1, 1), (0, 20), (3, 20), (81, 263), (399, 400), (50_000, 100_000), (1, 5_000_000)]:
    for level in (0.9, 0.95, 0.99):
        proportions.append({"successes": k, "trials": n, "level": level,
                            "wilson": proportion_confint(k, n, 1 - level, "wilson"), "exact": proportion_confint(k, n, 1 - level, "beta")})



def newcombe(e, f, g, h):
    """Newcombe 1998b, method 10, in his notation: e and h concordant, f and g discordant."""
    n = e + f + g + h
    (l1, u1), (l2, u2) = proportion_confint(e + f, n, 0.05, "wilson"), proportion_confint(e + g, n, 0.05, "wilson")
    p1, p2 = (e + f) / n, (e + g) / n
    a, b = (e + f) * (g + h) * (e + g) * (f + h), e * h - f * g
    c = 0 if a == 0 else (b - n / 2 if b > n / 2 else min(b, 0)) / np.sqrt(a)
    d1, d2 = (p1 - l1) ** 2 - 2 * c * (p1 - l1) * (u2 - p2) + (u2 - p2) ** 2, (p2 - l2) ** 2 - 2 * c * (p2 - l2) * (u1 - p1) + (u1 - p1) ** 2
    return p1 - p2 - np.sqrt(d1), p1 - p2 + np.sqrt(d2)


tables = []
for both, first_only, second_only, neither in [(59, 6, 16, 80), (50, 0, 0, 3), (10, 5, 5, 10), (30, 1, 9, 0), (800, 40, 70, 90)]:
    table = [[both, first_only], [second_only, neither]]
    tables.append({"both": both, "onlyFirst": first_only, "onlySecond": second_only, "neither": neither,
                   "newcombe": newcombe(both, first_only, second_only, neither),
                   "exact": mcnemar(table, exact=True).pvalue,
                   "chiSquare": mcnemar(table, exact=False, correction=False).pvalue,
                   "corrected": mcnemar(table, exact=False, correction=True).pvalue})

smooth = sets[0]
z = logit(smooth["scores"])
y = smooth["labels"].astype(float)
fit = Logit(y, add_constant(z)).fit(disp=0, tol=1e-14)
offset = GLM(y, np.ones_like(y), family=families.Binomial(), offset=z).fit(tol=1e-14)
platt = _SigmoidCalibration().fit(z, y)
recalibration = {"intercept": offset.params[0], "slope": fit.params[1], "plattSlope": -platt.a_, "plattIntercept": -platt.b_}

# SciPy's BCa percentiles for given replicates: two samples (positives, negatives), the statistic is the area.
positives, negatives = smooth["scores"][smooth["labels"]], smooth["scores"][~smooth["labels"]]


def area(x, y, axis=-1):
    x, y = np.asarray(x), np.asarray(y)
    return ((x[..., :, None] > y[..., None, :]) + 0.5 * (x[..., :, None] == y[..., None, :])).mean((-1, -2))


replicates = np.array([area(random.choice(positives, len(positives)), random.choice(negatives, len(negatives))) for _ in range(400)])
low, high, acceleration = (np.squeeze(v) for v in _resampling._bca_interval((positives, negatives), area, -1, 0.025, replicates[None], None))
bca = {"replicates": replicates, "acceleration": acceleration, "lower": np.quantile(replicates, low), "upper": np.quantile(replicates, high)}

with open("references.json", "w") as file:
    json.dump(clean({"sets": sets, "proportions": proportions, "mcnemar": tables, "recalibration": recalibration, "bca": bca}), file, separators=(",", ":"))
    file.write("\n")
