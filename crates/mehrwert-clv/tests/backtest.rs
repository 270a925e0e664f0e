//! Rolling cuts on simulated shops: what they are made of, what they choose, and shops too small for them.

use mehrwert_clv::backtest::{Backtest, BacktestOptions, Reason};
use mehrwert_clv::{Days, ModelKind, PurchaseModel, TimeUnit, Timelines, model_with};
use rand::RngExt;
use rand_pcg::Pcg64Mcg;

const UNTIL: i32 = 800;

fn shop(truth: &dyn PurchaseModel, customers: u32, days_after: i32) -> Timelines {
    let mut rng = Pcg64Mcg::new(77);
    let customer = |_| {
        let won = rng.random_range(0..UNTIL);
        let life = truth.simulate(Days::new(f64::from(UNTIL + days_after - won)), &mut rng);
        std::iter::once(won)
            .chain(life.purchases.iter().map(|time| won + time.days().ceil() as i32))
            .collect::<Vec<i32>>()
    };
    Timelines::from_customers((0..customers).map(customer).collect::<Vec<_>>()).expect("purchase days")
}

fn pareto() -> Box<dyn PurchaseModel> {
    model_with(ModelKind::ParetoNbd, [0.9, 6.0, 0.6, 14.0], TimeUnit::Week).expect("a model")
}

fn run(timelines: &Timelines, options: &BacktestOptions) -> Backtest {
    Backtest::run(timelines, UNTIL, options, &mut Pcg64Mcg::new(3)).expect("ages within bounds")
}

#[test]
fn every_cut_scores_every_model_on_the_same_customers() {
    let timelines = shop(pareto().as_ref(), 1500, 0);
    let begin = std::time::Instant::now();
    let backtest = run(&timelines, &BacktestOptions { horizon: 200, ..BacktestOptions::default() });
    println!("{:?}", begin.elapsed());
    assert_eq!((backtest.cuts.len(), backtest.thin_cuts.len()), (4, 0));
    for cut in &backtest.cuts {
        assert!(cut.day + cut.days as i32 <= UNTIL && cut.days == 200);
        assert_eq!((cut.models.len(), cut.baselines.len(), cut.without_fit.len()), (3, 3, 0));
        let naive = cut.baselines.iter().map(|one| one.scores.log_score).fold(f64::INFINITY, f64::min);
        for model in &cut.models {
            assert_eq!(model.customers.len(), cut.customers.len());
            assert!(model.scores.log_score < naive && model.scores.crps.is_finite());
            let total = model.totals[0];
            // The truth is among the models: no error far beyond what it expects of itself.
            assert!(total.log_error().abs() < 4.5 * total.model_variance().sqrt(), "{} {total:?}", model.kind);
            let predicted: f64 = model.customers.iter().map(|one| one.expected).sum();
            assert!((predicted / total.predicted - 1.0).abs() < 1e-5);
        }
    }
}

/// Nothing after the end of the history changes anything.
#[test]
fn the_future_is_not_looked_at() {
    let options = BacktestOptions { horizon: 120, cuts: 2, ..BacktestOptions::default() };
    let whole = shop(pareto().as_ref(), 400, 300);
    let past = whole.iter().map(|days| days.iter().copied().filter(|&day| day <= UNTIL).collect::<Vec<_>>());
    let past = Timelines::from_customers(past).expect("purchase days");
    assert!(whole.span() != past.span());
    assert_eq!(run(&whole, &options), run(&past, &options));
}

#[test]
fn the_number_of_threads_does_not_matter() {
    let timelines = shop(pareto().as_ref(), 300, 0);
    let options = BacktestOptions { cuts: 2, ..BacktestOptions::default() };
    let with = |threads| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("a pool");
        pool.install(|| run(&timelines, &options))
    };
    assert_eq!(with(1), with(3));
}

#[test]
fn many_customers_are_sampled() {
    let timelines = shop(pareto().as_ref(), 1000, 0);
    let backtest = run(&timelines, &BacktestOptions { most_customers: 300, cuts: 2, ..BacktestOptions::default() });
    // Every fourth of them, those won by each cut.
    assert!(backtest.cuts.iter().all(|cut| (60..=250).contains(&cut.customers.len())));
}

#[test]
fn a_group_of_all_is_missed_as_all_are() {
    let timelines = shop(pareto().as_ref(), 600, 0);
    let backtest = run(&timelines, &BacktestOptions { most_customers: 400, ..BacktestOptions::default() });
    for kind in ModelKind::ALL {
        let all = backtest.misspecification(kind);
        let group = backtest.group_misspecification(kind, &|_| true);
        assert!((all.deviation(0.9) - group.deviation(0.9)).abs() < 1e-3, "{all:?} {group:?}");
        // One of twenty tells less: what is learnt is closer to what was believed before.
        let few = backtest.group_misspecification(kind, &|customer| customer % 20 == 0);
        assert!(few.cuts == 4 && few.deviation(0.9) > 0.0);
        assert_eq!(backtest.group_misspecification(kind, &|_| false).cuts, 0);
    }
    // Numbers are those of all customers, not of the sample.
    let cut = &backtest.cuts[3];
    let after = timelines.purchases_between(&cut.customers, cut.day, cut.day + cut.days as i32);
    assert_eq!(after, cut.purchases);
    assert!(cut.customers.iter().any(|&customer| customer as usize > cut.customers.len()));
}

#[test]
fn too_little_is_said_and_not_an_error() {
    let nobody = run(&Timelines::default(), &BacktestOptions::default());
    let one_time = Timelines::from_customers((0..500).map(|day| [day])).expect("purchase days");
    let one_time = run(&one_time, &BacktestOptions::default());
    let short = Timelines::from_customers((1..40).map(|day| [UNTIL - day, UNTIL])).expect("purchase days");
    let short = run(&short, &BacktestOptions::default());
    assert_eq!(one_time.thin_cuts.len(), 4);
    for backtest in [nobody, one_time, short] {
        let choice = backtest.choose(ModelKind::ParetoNbd);
        assert_eq!((choice.model, choice.reason), (ModelKind::ParetoNbd, Reason::NoCuts));
        assert!(backtest.misspecification(choice.model).deviation(0.9) > 0.0);
    }
}

/// Where no dropout is seen the likelihood is at a boundary, and the purchase rates are still not known exactly.
#[test]
fn a_cut_at_a_boundary_is_not_sure_of_itself() {
    let loyal = model_with(ModelKind::BgNbd, [3.0, 20.0, 1e-6, 10.0], TimeUnit::Week).expect("a model");
    let backtest = run(&shop(loyal.as_ref(), 300, 0), &BacktestOptions { horizon: 200, ..BacktestOptions::default() });
    let models = || backtest.cuts.iter().flat_map(|cut| &cut.models);
    let at_boundary = models().filter(|model| model.parameters.iter().any(|value| !(1e-4..1e4).contains(value)));
    assert!(at_boundary.count() > 0, "{:?}", models().map(|model| model.parameters).collect::<Vec<_>>());
    for model in models() {
        let total = model.totals[0];
        assert!((1e-5..0.05).contains(&total.from_parameters), "{} {total:?} {:?}", model.kind, model.parameters);
    }
}
