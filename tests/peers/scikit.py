"""Peers for `cargo xtask bench`: scikit-learn's linear classifiers on pieces of 2 to 5 letters, words and pairs of words.

Reads {"train": [[intent, text]], "ask": [text]} from standard input, prints one JSON line per classifier. Not shipped; sizes
are of the weights alone, as 16-bit floats after zlib, which is kind to them.
"""

import json
import sys
import time
import zlib

import numpy as np
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import SGDClassifier
from sklearn.naive_bayes import ComplementNB
from sklearn.pipeline import FeatureUnion
from sklearn.svm import LinearSVC

data = json.load(sys.stdin)
intents = [intent for intent, _ in data["train"]]
texts = [text for _, text in data["train"]]

for name, model in [
    ("LinearSVC (scikit-learn)", LinearSVC(C=0.5)),
    ("logistic regression (scikit-learn, SGD)", SGDClassifier(loss="log_loss", alpha=1e-6, max_iter=15, random_state=1)),
    ("naive Bayes (scikit-learn)", ComplementNB(alpha=0.1)),
]:
    features = FeatureUnion([
        ("letters", TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 5), sublinear_tf=True, min_df=2)),
        ("words", TfidfVectorizer(analyzer="word", ngram_range=(1, 2), sublinear_tf=True)),
    ])
    rows = features.fit_transform(texts)
    model.fit(rows, intents)
    score = getattr(model, "decision_function", None) or model.predict_log_proba
    ranked, times = [], []
    for question in data["ask"]:
        begun = time.perf_counter()
        scores = score(features.transform([question]))[0]
        best = np.argsort(-scores)[:3]
        times.append((time.perf_counter() - begun) * 1e6)
        ranked.append([str(model.classes_[i]) for i in best])
    weights = getattr(model, "coef_", None)
    if weights is None:
        weights = model.feature_log_prob_
    size = len(zlib.compress(np.asarray(weights, dtype=np.float16).tobytes(), 6))
    print(json.dumps({"name": name, "ranked": ranked, "micros": float(np.median(times)), "bytes": size}), flush=True)
