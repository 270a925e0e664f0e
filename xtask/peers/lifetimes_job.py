"""The main job with the Python library `lifetimes`: summary, BG/NBD, Gamma-Gamma, value over three years."""
import json
import sys
import warnings

warnings.filterwarnings("ignore")
import pandas as pd
from lifetimes import BetaGeoFitter, GammaGammaFitter
from lifetimes.utils import summary_data_from_transaction_data

orders = pd.read_csv(sys.argv[1], parse_dates=["date"])
summary = summary_data_from_transaction_data(orders, "customer", "date", monetary_value_col="amount", freq="D")
weeks = summary[["frequency", "recency", "T"]].copy()
weeks[["recency", "T"]] /= 7
model = BetaGeoFitter().fit(weeks["frequency"], weeks["recency"], weeks["T"])
repeaters = summary[(summary["frequency"] > 0) & (summary["monetary_value"] > 0)]
# Without a penalty the spend model gives up on the simulated shop: "did not converge".
spend = GammaGammaFitter(penalizer_coef=0.001).fit(repeaters["frequency"], repeaters["monetary_value"])
value = spend.customer_lifetime_value(
    model, weeks["frequency"], weeks["recency"], weeks["T"], summary["monetary_value"],
    time=36, discount_rate=1.1 ** (1 / 12) - 1, freq="W",
)
print(json.dumps({
    "customers": len(summary),
    "params": {name: float(number) for name, number in model.params_.items()},
    "value": float(value.sum()),
}))
