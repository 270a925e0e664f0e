//! From histories to models: which one, in which season, for everybody or by groups or covariates.

use mehrwert_clv::saved::SavedModel;
use mehrwert_clv::spend::SpendFit;
use mehrwert_clv::{Fit, ModelKind};
use mehrwert_core::{Phase, Progress};
use mehrwert_facts::orders::OrderLog;
use rand_pcg::Pcg64Mcg;
use rand_pcg::rand_core::SeedableRng;

use super::covariates::{covariates, report};
use super::cuts::Comparison;
use super::error::Failure;
use super::fits::{fit_model, fit_spend_of};
use super::forecaster::{Forecaster, Stratum};
use super::histories::CustomerHistories;
use super::purchases::{DayTotal, Purchases};
use super::result::{CovariateReport, Pooled, SeasonReport, Warning};
use super::segments::{Members, by_attribute};
use super::{ValueError, ValueRequest, season, strata};

/// The models of a shop.
pub(super) struct Modelled {
    /// Every candidate, fitted to everybody.
    pub fits: Vec<Fit>,
    /// The place of the chosen one.
    pub chosen: usize,
    /// The candidates without a fit.
    pub failures: Vec<Failure>,
    pub spend: Option<SpendFit>,
    pub forecaster: Forecaster,
    pub season: Option<SeasonReport>,
    pub groups: Option<Grouped>,
    pub covariates: Option<CovariateReport>,
    /// The chosen model, to be kept.
    pub keepsake: Option<SavedModel>,
    pub warnings: Vec<Warning>,
}

/// The groups asked for.
pub(super) struct Grouped {
    pub column: String,
    pub members: Vec<Members>,
    /// How much each one's own data weigh.
    pub pooled: Vec<Pooled>,
}

/// What models are made from.
pub(super) struct Material<'a> {
    pub purchases: &'a Purchases<'a>,
    pub by_day: &'a [DayTotal],
    pub comparison: &'a Comparison,
    pub log: &'a OrderLog,
    pub with_amounts: bool,
    /// Days ahead.
    pub days: u32,
}

/// Fits everything; histories are counted by the season's clock from here on, where there is one.
pub(super) fn model(
    material: &Material<'_>,
    histories: &mut CustomerHistories,
    request: &ValueRequest,
    progress: &dyn Progress,
) -> Result<Modelled, ValueError> {
    progress.begin(Phase::Fitting, Some(request.candidates.len() as u64 + 1));
    let likely = material.comparison.best(&request.candidates);
    let (clock, season) = match &request.saved {
        Some(saved) => season::of_saved(saved),
        None => season::season(likely, histories, material.by_day).map_err(ValueError::Season)?,
    };
    if season.as_ref().is_some_and(|season| season.is_used) {
        histories.by_clock(&clock)?;
    }
    let saved = request.saved.as_ref();
    let (fits, failures) = match saved.and_then(SavedModel::purchase_fit) {
        Some(fit) => (vec![fit], Vec::new()),
        None => fit_all(&request.candidates, histories, progress),
    };
    let chosen = choose(&fits, material.comparison, request.model).ok_or_else(|| ValueError::no_model(&failures))?;
    let spend = match material.with_amounts {
        true => Some(match saved.and_then(SavedModel::spend_fit) {
            Some(spend) => spend,
            None => fit_spend_of(histories).map_err(ValueError::Spend)?,
        }),
        false => None,
    };
    let keep = || {
        let until = histories.until.to_string();
        let model = SavedModel::of_purchases(&fits[chosen], &histories.compressed, spend.as_ref(), &until);
        model.and_then(|model| model.in_season(&clock)).ok()
    };
    let keepsake = if saved.is_none() { keep() } else { None };
    let mut warnings = Vec::new();
    let mut building = Building { material, histories, request, warnings: &mut warnings };
    let Built { mut strata, groups, covariates } = building.strata(&fits, chosen)?;
    let mut rng = Pcg64Mcg::seed_from_u64(request.seed.wrapping_add(1));
    match (&spend, &groups) {
        (Some(_), Some(_)) => {
            strata::spend_by_group(&mut strata, histories, &mut rng).map_err(|source| building.groups_failed(source))?
        }
        (Some(spend), None) => strata::spend_alike(&mut strata, spend, &mut rng),
        (None, _) => {}
    }
    progress.advance(1);
    progress.end();
    let kind = fits[chosen].model.kind();
    let misspecification = material.comparison.misspecification(kind, material.days);
    let forecaster = Forecaster::new(strata, histories, clock, (misspecification, request.seed));
    Ok(Modelled { fits, chosen, failures, spend, forecaster, season, groups, covariates, keepsake, warnings })
}

/// Fits every candidate to the whole history.
fn fit_all(
    candidates: &[ModelKind],
    histories: &CustomerHistories,
    progress: &dyn Progress,
) -> (Vec<Fit>, Vec<Failure>) {
    let mut fits = Vec::new();
    let mut failures = Vec::new();
    for &kind in candidates {
        match fit_model(kind, histories) {
            Ok(fit) => fits.push(fit),
            Err(error) => failures.push((kind, error)),
        }
        progress.advance(1);
    }
    (fits, failures)
}

/// The named model, else the best of the comparison, else whichever could be fitted.
fn choose(fits: &[Fit], comparison: &Comparison, named: Option<ModelKind>) -> Option<usize> {
    let candidates: Vec<ModelKind> = fits.iter().map(|fit| fit.model.kind()).collect();
    let wanted = named.unwrap_or_else(|| comparison.best(&candidates));
    candidates.iter().position(|&kind| kind == wanted)
}

struct Building<'a> {
    material: &'a Material<'a>,
    histories: &'a CustomerHistories,
    request: &'a ValueRequest,
    warnings: &'a mut Vec<Warning>,
}

struct Built {
    strata: Vec<Stratum>,
    groups: Option<Grouped>,
    covariates: Option<CovariateReport>,
}

impl Building<'_> {
    fn strata(&mut self, fits: &[Fit], chosen: usize) -> Result<Built, ValueError> {
        let fit = &fits[chosen];
        let mut rng = Pcg64Mcg::seed_from_u64(self.request.seed);
        if let Some(number) = self.request.by {
            return self.by_group(number, fit.model.kind(), &mut rng);
        }
        if !self.request.covariates.is_empty() {
            return self.by_covariates(fit.model.kind(), &mut rng);
        }
        if self.request.saved.is_some() {
            // What the data of then left uncertain, not what those of now do.
            let (stratum, is_told) = strata::as_saved(fit, self.histories, &mut rng)?;
            if !is_told {
                let reason = "the saved model lies at a boundary and does not tell".to_owned();
                self.warnings.push(Warning::IntervalsNarrow { reason });
            }
            return Ok(Built { strata: vec![stratum], groups: None, covariates: None });
        }
        let (stratum, trouble) = strata::of_all(fits, chosen, self.histories, &mut rng)?;
        self.warnings.extend(trouble.map(|error| Warning::IntervalsNarrow { reason: error.to_string() }));
        Ok(Built { strata: vec![stratum], groups: None, covariates: None })
    }

    fn by_group(&self, number: usize, kind: ModelKind, rng: &mut Pcg64Mcg) -> Result<Built, ValueError> {
        let values = self.material.purchases.attribute(number, &self.histories.customers)?;
        let attribute = &self.material.log.attributes[number];
        let members = by_attribute(&values, attribute);
        let rows = members.iter().map(|group| group.rows.clone()).collect();
        let (strata, pooled) =
            strata::of_groups(kind, rows, self.histories, rng).map_err(|source| self.groups_failed(source))?;
        Ok(Built {
            strata,
            groups: Some(Grouped { column: attribute.name.clone(), members, pooled }),
            covariates: None,
        })
    }

    fn by_covariates(&mut self, kind: ModelKind, rng: &mut Pcg64Mcg) -> Result<Built, ValueError> {
        let mut columns = Vec::new();
        for &number in &self.request.covariates {
            let values = self.material.purchases.attribute(number, &self.histories.customers)?;
            columns.push((&self.material.log.attributes[number], values));
        }
        let (covariates, useless) = covariates(&columns, self.histories.customers.len());
        if covariates.columns.is_empty() {
            return Err(ValueError::UselessCovariates { columns: useless.join(", ") });
        }
        self.warnings.extend(useless.into_iter().map(|column| Warning::UselessCovariate { column }));
        let (strata, fit) =
            strata::of_covariates(kind, &covariates, self.histories, rng).map_err(ValueError::Covariates)?;
        Ok(Built { strata, groups: None, covariates: Some(report(&fit)) })
    }

    fn groups_failed(&self, source: mehrwert_clv::pooling::PoolError) -> ValueError {
        let attribute = self.request.by.and_then(|number| self.material.log.attributes.get(number));
        ValueError::Groups { column: attribute.map_or_else(String::new, |attribute| attribute.name.clone()), source }
    }
}
