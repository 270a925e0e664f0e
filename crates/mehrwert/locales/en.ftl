# English. Short active sentences. Numbers come in already written; "-count" is the same number for choosing the form.

## What the figures are
worth-value-title = Remaining value
worth-revenue-title = Future revenue
worth-orders-title = Future orders
worth-orders-discounted = Discounted orders
worth-value-share = Share of value
worth-revenue-share = Share of revenue
worth-orders-share = Share of orders

basis-net = net, without VAT
basis-net-by-rate = net, the named rate taken out of gross
basis-gross = gross, with VAT
basis-as-given = as given (the file does not say whether VAT is included)
basis-no-amounts = without amounts, in orders

horizon-years = { $n-count ->
    [one] { $n } year
   *[other] { $n } years
}
horizon-months = { $n-count ->
    [one] { $n } month
   *[other] { $n } months
}
horizon-weeks = { $n-count ->
    [one] { $n } week
   *[other] { $n } weeks
}
horizon-days = { $n-count ->
    [one] { $n } day
   *[other] { $n } days
}
horizon-next-years = { $n-count ->
    [one] over the next year
   *[other] over the next { $n } years
}
horizon-next-months = { $n-count ->
    [one] over the next month
   *[other] over the next { $n } months
}
horizon-next-weeks = { $n-count ->
    [one] over the next week
   *[other] over the next { $n } weeks
}
horizon-next-days = { $n-count ->
    [one] over the next day
   *[other] over the next { $n } days
}

orders-many = { $n } orders
customers-unit = { $n-count ->
    [one] { $n } customer
   *[other] { $n } customers
}

## The finding
finding-value = { $customers-count ->
    [one] Your customer is worth { $total } { $next } ({ $low } to { $high }).
   *[other] Your { $customers } customers are worth { $total } { $next } ({ $low } to { $high }).
}
finding-revenue = { $customers-count ->
    [one] Your customer will bring { $total } of revenue { $next } ({ $low } to { $high }).
   *[other] Your { $customers } customers will bring { $total } of revenue { $next } ({ $low } to { $high }).
}
finding-orders = { $customers-count ->
    [one] Your customer will order { $total } times { $next } ({ $low } to { $high }).
   *[other] Your { $customers } customers will order { $total } times { $next } ({ $low } to { $high }).
}
finding-nobody = The files hold no customer with an order. Check with --explain what each column was taken for.
finding-concentration = The best { $customers } of the customers bring { $share } of that.
finding-existing-revenue = In the last twelve months of the data, { $share } of revenue came from customers who had bought before.
finding-existing-orders = In the last twelve months of the data, { $share } of orders came from customers who had bought before.
finding-existing-unknown = How much business comes from existing customers can be said from thirteen months of data on.
finding-last-line = { $worth } { $next }: { $total } ({ $low } to { $high }), { $mean } per customer on average.

## Headings
heading-reconciliation = Nothing lost: read = used + set aside
heading-totals = Totals
heading-pyramid = Who makes up the business
heading-top = { $n-count ->
    [one] The best customer
   *[other] The { $n } best customers
}
heading-existing = Existing customers
heading-parameters = Models
heading-accuracy = Accuracy
heading-accuracy-rolling = Accuracy looking back (mean of { $cuts } cuts)
heading-accuracy-holdout = Accuracy on days held out ({ $from } to { $to })
heading-certainty = How sure we are
heading-warnings = Before you believe the figures
heading-explain = What each column was taken for

## Columns and rows
column-rows = Rows
column-amount = Amount
column-customers = Customers
column-customer = Customer
column-orders = Orders
column-revenue-so-far = Revenue so far
column-alive = Still active
column-bought = Orders
column-share = Share
column-step = Step
column-model = Model
column-parameter = Parameter
column-value = Value
column-standard-error = Standard error
column-mae = MAE
column-rmse = RMSE
column-aggregate = Aggregate error
column-log-score = Log score
column-crps = CRPS
column-top-tenth = Top 10% share
column-forecast = Forecast
column-column = Column
column-example = Example
column-role = Taken for
column-range = From up to below
column-share-customers = Share of customers
column-months-since = Last ordered ago (months)
column-week = Week from
column-actual = Actual
column-expected = Expected
column-note = Note
column-item = Item

row-read = Read
row-used = Used
row-set-aside = Set aside
row-set-aside-reason = of which { $reason }
row-log-likelihood = Log-likelihood
row-chosen = { $name } (chosen)

step-first = top { $to }
step-between = { $from } to { $to }

total-customers = Customers
total-orders = Orders
total-revenue = Revenue so far
total-revenue-basis = Revenue so far ({ $basis })
total-period = Period
total-holdout = Held out
total-mean = Mean per customer
total-expected-orders = Expected orders
total-margin = Margin
total-returns = Refunds and cancellations
total-existing = Share of existing customers
total-horizon = Looking ahead
total-discount = Discount rate a year
period-from-to = { $from } to { $to }
range-from-to = { $low } to { $high }
returns-rows = { $n-count ->
    [one] { $amount } in one row
   *[other] { $amount } in { $n } rows
}

## Definitions, beside each number
define-value = Contribution margin that today's customers will bring from the day after the period on, discounted.
define-revenue-worth = Revenue that today's customers will bring from the day after the period on, discounted. Costs are not known.
define-orders-worth = Orders of today's customers from the day after the period on, discounted. Amounts are not known.
define-customers = Everyone who bought at least once in the period.
define-orders = Purchase days: what a customer orders on one day counts once. Orders wholly cancelled do not count.
define-revenue = Sum of the amounts used, refunds and cancellations taken off: { $basis }.
define-mean = The future sum divided by all customers.
define-expected-orders = Purchases of today's customers { $next }, not discounted.
define-existing = Share of the last twelve months that came from customers who had bought before.
define-period = First and last day the models saw.
define-alive = Probability that the customer still buys and has not left.
define-mae = MAE: mean error per customer, in purchases.
define-rmse = RMSE: like MAE, large errors count more.
define-aggregate = Aggregate error: how far off all purchases together were.
define-log-score = Log score: how little probability the forecast gave to what each customer then did. Smaller is better.
define-crps = CRPS: distance between the distribution predicted and what happened, in purchases. Smaller is better.
define-top-tenth = Top 10% share: what the predicted best 10% of the customers really brought.

## Certainty in words
certainty-interval = With { $confidence } probability the sum lies between { $low } and { $high }, if customers go on buying as before.
certainty-rolling-low = Looking back, { $model } predicted { $error } too few purchases.
certainty-rolling-high = Looking back, { $model } predicted { $error } too many purchases.
certainty-rolling-exact = Looking back, { $model } met the number of purchases to within { $error }.
certainty-holdout-low = On days that no model had seen, { $model } predicted { $error } too few purchases.
certainty-holdout-high = On days that no model had seen, { $model } predicted { $error } too many purchases.
certainty-holdout-exact = On days that no model had seen, { $model } met the number of purchases to within { $error }.
certainty-top-tenth = Those whom { $model } counted among the best 10% brought { $share } of the business afterwards.
certainty-beats = The error per customer (RMSE) was { $improvement } smaller than that of the best simple rule ({ $baseline }).
certainty-not-beats = The error per customer (RMSE) was not smaller than that of the best simple rule ({ $baseline }): read the values of single customers with care.
certainty-not-measured = How well the forecast does could not be measured on these data. With --until DAY you hold the last months back for a test.

choice-named = { $model } was chosen with --model.
choice-saved = { $model } was fitted earlier to data until { $until } and saved; it is used as it is.
choice-rolling = { $model } gave what then happened the greatest probability (log score) over { $cuts } looks back of { $days } days each, checked on { $customers } customers.
choice-not-told-apart = { $cuts } looks back of { $days } days each on { $customers } customers show no model that is clearly better (log score). { $model } stays, the default.
choice-little-history = The history is too short for looking back. { $model } is the default then.
choice-few-repeaters = Too few customers bought a second time for looking back. { $model } is the default then.

baseline-zero = Nobody buys again
baseline-own-rate = Everyone keeps their own rate
baseline-same-as-before = Everyone buys as often as before
spend-model = Gamma-Gamma (value per purchase)
spend-fitted = The value per purchase was fitted on { $n } customers with several purchases (correlation with their number: { $correlation }).
model-no-dropout = No dropout seen
model-not-converged = Not at the maximum

## Rows set aside
reason-no-customer = without a customer
reason-no-date = without a date
reason-bad-date = date not readable
reason-future-date = date in the future
reason-bad-amount = amount is not a number
reason-bad-number = another number not readable
reason-test-order = test order
reason-failed-order = failed or never paid
reason-duplicate = duplicate
reason-not-an-order = not an order
reason-other-currency = other currency
reason-wrong-cell-count = wrong number of cells
reason-unreadable = not readable
reason-end-before-start = end before the start
reason-no-end = ended, but without the day
reason-negative-price = price below zero
reason-bad-interval = interval not known
reason-total-line = a line of totals
reason-empty-cell = a needed cell is empty
reason-unknown-word = a word not known here
reason-erased = someone who was erased

## What columns are taken for
role-customer = Customer
role-date = Date
role-amount = Amount
role-unit-price = Unit price
role-order = Order number
role-product = Product
role-quantity = Quantity
role-tax = Tax
role-discount = Discount
role-goods-cost = Goods cost
role-source = Source
role-currency = Currency
role-status = Status
role-kind = Kind (sale, refund)
role-refunded = Refunded so far
role-cancelled-at = Cancelled at
role-shipping = Shipping
role-related-order = Related order
role-recipient = Recipient
role-captured = Collected
role-test = Test
role-attribute = attribute of the customers
role-start = Start
role-end = End
role-price = Price per interval
role-interval = Interval
role-contract = Contract number
role-line-discount = Discount on the line
role-subtotal = Subtotal
role-id = Own number
role-time = Time of day
role-zone = Time zone
role-email = E-mail address
role-phone = Telephone
role-visitor = Visitor's id
role-name = Name
role-first-name = First name
role-last-name = Last name
role-account = Firm or household
role-birthday = Birthday
role-street = Street
role-postcode = Postal code
role-city = Town
role-country = Country
role-reference = Other number
role-coupon = Voucher
role-category = Category
role-offer = Offer
role-method = Way of payment
role-fee = Fee
role-campaign = Campaign
role-ad-group = Group of ads
role-ad = Ad
role-medium = Medium
role-content = Content
role-term = Search term
role-page = Page
role-referrer = Referrer
role-session = Visit
role-event = Event
role-object = Object
role-stage = Stage
role-count = Count
role-purpose = Purpose
role-measure = Measure
role-base = Base currency
role-quote = Quote, or quoted currency
role-rate = Rate
role-vat-rate = Rate of VAT
role-ignored = not used

kind-generic = Orders
kind-shopify = Shopify
kind-woocommerce = WooCommerce
kind-stripe = Stripe
kind-paypal = PayPal
kind-online-retail = Online Retail
kind-cdnow = CDNOW
kind-contracts = Contracts
kind-payments = Payments
kind-costs = Costs
kind-google-ads = Google Ads
kind-meta-ads = Meta Ads
kind-touches = Touches
kind-events = Events
kind-tallies = Counts
kind-products = Products
kind-rates = Exchange rates
kind-people = People
explain-file = { $path }: { $kind }, { $layout }, { $encoding }, dates { $date }, numbers { $number }, { $rows } rows
explain-last-line = Is one of them wrong? Name the column yourself, for example --map customer=COLUMN.
explain-nothing = No file was read.

## Warnings
warning-identical-rows = { $n-count ->
    [one] One row repeats an earlier one without an order number. It counts, because nothing proves it a duplicate.
   *[other] { $n } rows repeat earlier ones without an order number. They count, because nothing proves them duplicates.
}
warning-rounded-amounts = { $n-count ->
    [one] One amount had more than six decimals and was rounded.
   *[other] { $n } amounts had more than six decimals and were rounded.
}
warning-vat-unknown = The file does not say whether amounts contain VAT. They stand as given; --vat 19% takes it out.
warning-no-amounts = The files hold no amounts. We count orders instead of revenue.
warning-customers-by-name = Customers can be told apart by name only. Equal names count as one customer.
warning-orders-several-customers = { $n-count ->
    [one] One order number stands with several customers.
   *[other] { $n } order numbers stand with several customers.
}
warning-orders-restated = { $n-count ->
    [one] One order stands differently in a later file. The later file counts.
   *[other] { $n } orders stand differently in a later file. The later file counts.
}
warning-currency = Some rows do not say their currency. They were taken for { $currency } like all others.
warning-unmatched-returns = { $n-count ->
    [one] The order of one refund ({ $amount }) is missing. It was taken off its customer.
   *[other] The orders of { $n } refunds ({ $amount }) are missing. They were taken off their customers.
}
warning-negative-customers = { $n-count ->
    [one] One customer was refunded more than they bought.
   *[other] { $n } customers were refunded more than they bought.
}
warning-few-customers = { $n-count ->
    [one] A single customer is too few for a forecast. Read the figures as a rough guide.
   *[other] { $n } customers are few for a forecast. Read the figures as a rough guide.
}
warning-nobody-twice = Nobody bought twice. Nothing can be said about repeat purchases.
warning-no-dropout = { $model } sees no dropout: it assumes that nobody leaves.
warning-amounts-equal = All amounts are equal. The expected value of a purchase is that amount.
warning-heavy-tail = A few very high amounts leave the mean value of a purchase open. We use the customers' own mean instead.
warning-spend-correlated = Those who buy more often spend differently per purchase (correlation { $correlation }). The model assumes that the two are independent.
warning-short-history = { $n-count ->
    [one] The history has only one day and is shorter than the look ahead. The forecast leans on the model.
   *[other] The history has only { $n } days and is shorter than the look ahead. The forecast leans on the model.
}
warning-model-failed = { $model } could not be fitted and is left out: { $reason }
warning-goods-cost-missing = Goods costs are missing for { $share } of revenue. The margin of the rest was used there.
warnings-none = No warnings.

## The page
page-title = { $worth }, { $period }
page-skip = Skip to content
page-figures = The main figures
page-table = As a table
page-know = How we know
page-know-lead = For everyone who wants to check: models, accuracy, definitions, and what became of every row.
page-files = Files and columns
page-generated = Made on { $day } with
page-settings = Settings
page-subtitle = Data from { $from } to { $to }. Amounts { $basis }.
page-subtitle-orders = Data from { $from } to { $to }, { $basis }.

card-distribution-value = How much are single customers worth?
card-distribution-revenue = How much revenue do single customers bring?
card-distribution-orders = How often do single customers order?
card-distribution-finding = Half of the customers lie below { $median }. The mean is { $mean }: a few very good customers lift it.
card-distribution-even = Half of the customers lie below { $median }; the mean is { $mean }.
card-distribution-nothing = All customers are the same; there is nothing to spread out.
card-distribution-summary = Bars: how many customers lie in which range. Median { $median }, mean { $mean }.
card-distribution-mean = Mean { $mean }
card-distribution-tail = The hatched bar at the far right holds everyone above.
card-axis-customers = Number of customers
card-axis-per-customer = { $worth } per customer

card-concentration = Who makes up the business?
card-concentration-nothing = It takes at least two customers who can be expected to buy.
card-concentration-curve = Added up from the best customer on
card-concentration-curve-summary = Concentration curve. { $sentence }
card-concentration-equal = if all brought the same
card-concentration-customers = Customers, best first
card-concentration-pyramid = In steps
card-concentration-pyramid-summary = Bars: the share of each step. { $sentence }
card-concentration-tick = The tick shows what a step would bring if all customers brought the same.

card-alive = Who is still there?
card-alive-finding = For { $known } customers we can say whether they still buy. { $alive } of them probably do, { $gone } probably no longer.
card-alive-nobody = Whether single customers still buy cannot be said from these data.
card-alive-unknown = Of customers with a single purchase { $model } says nothing about this (hatched).
card-alive-nothing = It takes at least two customers for this map.
card-alive-read = Each field shows the mean probability above and the number of customers below.
card-alive-axis-orders = Orders so far
card-alive-axis-months = Months since the last order
card-alive-legend = Probability of still being a customer
card-alive-legend-unknown = not known

card-top-finding = Together probably { $total } { $next }.

card-course = Does the forecast meet what happened?
card-course-finding = From { $from } to { $to } there were { $actual } repeat purchases; { $expected } were expected ({ $error }).
card-course-finding-holdout = In the weeks held out from { $from } on there were { $actual } repeat purchases; { $expected } were expected ({ $error }).
card-course-nothing = It takes at least two full weeks to draw a course.
card-course-weekly = Repeat purchases a week
card-course-cumulative = Repeat purchases, added up
card-course-actual = actual
card-course-expected = expected
card-course-holdout = held out
card-course-axis = Repeat purchases
card-course-definition = Repeat purchases are all purchases after a customer's first. Expected is what { $model } predicts for the customers won until then.

# Long work
phase-reading = Reading files
phase-histories = Building histories
phase-fitting = Fitting models
phase-scoring = Valuing customers
phase-writing = Writing results

## Value from acquisition
acquired-value-title = Value from acquisition
acquired-revenue-title = Revenue from acquisition
acquired-orders-title = Orders from acquisition
age-years = { $n-count ->
    [one] { $n } year
   *[other] { $n } years
}
age-months = { $n-count ->
    [one] { $n } month
   *[other] { $n } months
}
age-weeks = { $n-count ->
    [one] { $n } week
   *[other] { $n } weeks
}
age-days = { $n-count ->
    [one] { $n } day
   *[other] { $n } days
}
heading-acquired = { $worth } up to an age of { $age }, per customer
heading-groups = By { $column }
column-cohort = Won
column-group = Group
column-brought = So far
column-still-expected = Expected
column-acquired = Together
column-low = From
column-high = To
column-acquisition-cost = CAC
column-remaining = Remaining, all
segment-all = All
segment-unknown = not known
segment-young = { $name } (young)
segment-few = { $name } (few)
define-acquired = What a customer has brought so far and is expected to bring up to an age of { $age }, discounted to the day it was won. It is what winning such a customer may cost.
define-acquisition-cost = CAC: all that was spent on winning customers in the months of a cohort, staff and tools of that purpose included, per customer won in them. It stands against value from acquisition.
define-brought = So far: with the first purchase. Remaining, all: what the whole group will bring from today on; that is another question and is not added.
define-maturity = young: observed for less than 90 days on average, nearly all is forecast. few: under 30 customers; their figures lean on those of the others.
card-acquired = What does a customer won bring?
card-acquired-finding = Up to an age of { $age } a customer brings { $value } on average ({ $low } to { $high }); { $brought } of it is already there.
card-acquired-nothing = A single cohort cannot be compared with any other.
card-acquired-axis = { $worth } per customer, bars: so far
card-groups = Which customers bring how much?
card-groups-finding = By { $column }: { $best } brings most, { $value } per customer ({ $low } to { $high }).
card-groups-nothing = There is only one group.
card-groups-none = By { $column }: no group is large and old enough yet to be compared.
## Contracts
interval-week = weekly contracts
interval-month = monthly contracts
interval-quarter = quarterly contracts
interval-half-year = half-yearly contracts
interval-year = yearly contracts
interval-sentence = { $interval }: { $sentence }
item-interval = { $item } ({ $interval })

finding-contracts-none = No contract runs any longer. Nothing is to come.
finding-contracts-value = { $contracts-count ->
    [one] Your running contract is worth { $total } { $next } ({ $low } to { $high }).
   *[other] Your { $contracts } running contracts are worth { $total } { $next } ({ $low } to { $high }).
}
finding-contracts-revenue = { $contracts-count ->
    [one] Your running contract will bring { $total } of revenue { $next } ({ $low } to { $high }).
   *[other] Your { $contracts } running contracts will bring { $total } of revenue { $next } ({ $low } to { $high }).
}
finding-monthly = Today they bring { $monthly } a month.
finding-churn = At their next renewal { $churn } of the { $interval } will probably be lost ({ $low } to { $high }).
finding-retention = Of new contracts { $first } renew the first time; of those who come to renewal { $renewal }, { $last } do.
finding-survival = After { $renewal-count ->
    [one] the first renewal
   *[other] { $renewal } renewals
}, { $share } of 100 new contracts are still there ({ $low } to { $high }).
finding-contracts-last-line = { $worth } { $next }: { $total } ({ $low } to { $high }), { $mean } per running contract on average.

heading-curve = Renewal and survival: { $interval }
heading-cohorts = { $n-count ->
    [one] Value from acquisition up to the age of one year, by start
   *[other] Value from acquisition up to the age of { $n } years, by start
}
heading-top-contracts = { $n-count ->
    [one] The most valuable contract
   *[other] The { $n } most valuable contracts
}

column-price-per-interval = Price per interval
column-renewal = Renewal
column-due = Due
column-retention-seen = Renewed
column-retention = Model
column-survival-seen = Still there
column-survival = Model (90%)
column-begun = Start
column-contracts = Contracts
column-running = Running
column-paid = Paid
column-since-start = Per contract
column-price = Price
column-renewals = Renewals
column-renews-next = Next one
column-payments = Payments

row-used-interval = Used: { $interval }
row-log-score = Log score looking back
cohort-unripe = { $cohort } *

total-monthly = Monthly recurring revenue
total-payments = Expected payments
total-churn = Churn at the next renewal
total-churn-seen = Churn of the last twelve months
total-remaining = Further payments per running contract
total-running = Running contracts
total-ending = Terminated, still running
total-ended = Ended contracts
total-changed = Changes of plan
total-paid = Paid so far
total-as-of = As of

define-contracts-value = Contribution margin that the running contracts will bring from the next day on, discounted.
define-contracts-revenue = Revenue that the running contracts will bring from the next day on, discounted. Costs are not known.
define-monthly = Prices of the running contracts, per month: { $basis }.
define-payments = Payments of the running contracts { $next }, not discounted. Those terminated pay for certain until their end.
define-churn = Share of the running contracts that will probably not make their next renewal.
define-churn-seen = { $missed } of { $due } renewals that fell due in twelve months were not made.
define-remaining = Mean number of payments that a running contract will still bring { $next }.
define-running = Contracts that run on that day and whose end is not known. Their end is not assumed but estimated.
define-ending = Contracts whose end lies after that day and is known.
define-ended = Contracts whose end has come by that day.
define-changed = Contracts that another of the same customer follows without a gap. Both count as one relationship.
define-contract-customers = Everyone who began a contract by that day. A customer's value is the sum of the contracts.
define-paid = Price times payments until that day: one at the start and one with every renewal.
define-as-of = The last day on which something happens in the files. With --until you name another.
define-as-of-named = Named with --until. The models do not see what came after it.
define-curve = Due: contracts that came to this renewal. Renewed: share of these that renewed. Still there: share of all contracts (Kaplan-Meier).
define-cohorts = Paid up to that age, and what is still expected until then, discounted to the day. With * not every contract is that old yet. Beside it the remaining value from that day on.

certainty-contracts-interval = With { $confidence } probability the sum lies between { $low } and { $high }, if customers go on renewing as before: worked out from the uncertainty of the model's parameters, the chance of single contracts, and what went wrong beyond that looking back.
certainty-contracts-held-low = In the days held out { $actual } renewals were made, { $expected } were expected; payments were predicted { $error } too low.
certainty-contracts-held-high = In the days held out { $actual } renewals were made, { $expected } were expected; payments were predicted { $error } too high.
certainty-contracts-back-low = Looking back { $actual } renewals were made, { $expected } were expected; payments were predicted { $error } too low.
certainty-contracts-back-high = Looking back { $actual } renewals were made, { $expected } were expected; payments were predicted { $error } too high.
certainty-contracts-unchecked = How well the forecast does could not be measured on these data. That no model is exactly right is not in the interval.

choice-contracts-rolling = Over { $cuts } looks back of { $days } days each, { $model } foresaw which contracts stay; the other model was not better by more than chance.
choice-contracts-aic = { $model } describes the renewals with the smaller AIC; the data do not suffice for looking back.
choice-contracts-only = Only { $model } could be fitted.
choice-contracts-nothing = No model could be fitted.

warning-interval-assumed = { $n-count ->
    [one] One contract states no interval. It counts among the { $interval }.
   *[other] { $n } contracts state no interval. They count as { $interval }.
}
warning-interval-some = { $n-count ->
    [one] One contract states no interval. It was taken from the name of the price column, else for a month.
   *[other] { $n } contracts state no interval. It was taken from the name of the price column, else for a month.
}
warning-few-contracts = { $n-count ->
    [one] A single contract is too few for a forecast. Read the figures as a rough guide.
   *[other] { $n } contracts are few for a forecast. Read the figures as a rough guide.
}
warning-nobody-left = { $interval }: No renewal has been missed yet. How fast customers leave can only be bounded from above.
warning-at-boundary = { $interval }: The parameters of { $model } lie at the edge of what is possible. The interval assumes that all contracts end equally easily.
warning-contract-model-failed = { $interval }: { $model } could not be fitted and is left out: { $reason }
warning-not-valued = { $n-count ->
    [one] { $interval }: One running contract has no value, because no model could be fitted. It is in no sum.
   *[other] { $interval }: { $n } running contracts have no value, because no model could be fitted. They are in no sum.
}
warning-beyond-seen = { $interval }: The forecast comes to renewal { $forecast }; at most { $seen } were seen. Beyond that it leans on the model.
warning-plan-changes = { $n-count ->
    [one] One contract was followed by another without a gap. That counts as a change, not as leaving.
   *[other] { $n } contracts were followed by others without a gap. That counts as a change, not as leaving.
}
warning-later-contracts = { $n-count ->
    [one] One contract begins after that day and is left out.
   *[other] { $n } contracts begin after that day and are left out.
}

card-retention = How many renew?
card-retention-axis = Share that renews
card-survival = How long do customers stay?
card-survival-axis = Share still there
card-renewal-axis = Number of the renewal
card-curve-seen = seen
card-curve-model = model
card-curve-beyond = not seen yet
card-curve-nothing = It takes at least two renewals for this curve.
card-curve-read = Dots: what happened. Line: the model, with the band in which it lies with 90% probability.
card-curve-few = Shares of fewer than { $n } contracts stand in the table only.
card-cohorts = What does a contract won bring?
card-cohorts-finding = A contract of { $cohort } brings { $mean } up to the age of { $n } years ({ $low } to { $high }).
card-top-contracts-finding = Together probably { $total } { $next }.
page-contracts-subtitle = Contracts since { $from }, as of { $to }. Prices { $basis }.
page-contracts-title = { $worth } of contracts, as of { $day }

## What covariates explain, and the season
segment-others = { $n-count ->
    [one] { $n } smaller group
   *[other] { $n } smaller groups
}
heading-covariates = What attributes of the customers explain
column-effect-on = Acts on
column-factor = Factor
column-coefficient = Coefficient
effect-purchases = How often they buy
effect-dropout = How soon they leave
define-effects = Factor: what one more of the column multiplies the rate of purchases or of leaving by; for kinds, against the most frequent one. Above 1 means: buys more often, leaves sooner.
covariates-tell = The attributes explain something: the log-likelihood rises by { $gain } (p { $p }).
covariates-tell-nothing = The attributes explain nothing that could not be chance: the log-likelihood rises by { $gain } only (p { $p }).
heading-season = Season of purchases
column-month = Month
season-used = Purchases follow a season (p { $p }); the forecast counts with it.
season-saved = The forecast counts with the season that was saved with the model.
season-not-used = A season cannot be told from chance (p { $p }); the forecast does without.
warning-intervals-narrow = How uncertain the parameters are could not be found out ({ $reason }). The intervals are too narrow by that.
warning-useless-covariate = The column '{ $column }' does not tell customers apart and is left out.

## Lists of what is set up
listing-settings = Settings as they hold
listing-keys = Keys
listing-key-made = The new key. Keep it: it is shown this one time.
listing-webhooks = Webhooks
listing-webhook-added = The new webhook. Its address stands behind that of your server.
listing-empty = There are none yet.
field-setting = Setting
field-value = Value
field-origin = From
field-id = Id
field-kind = Kind
field-name = Name
field-key = Key
field-shop = Shop
field-prices = Prices
field-created-at = Made
field-revoked-at = Revoked
field-source = Sender
field-address = Address

## The ledger of one customer
ledger-title = Ledger of { $person } up to { $day }: { $n-count ->
    [one] one entry
   *[other] { $n } entries
}.
ledger-empty = Nothing has happened with this person.
ledger-entries = Entries
ledger-accounts = By account
ledger-day = Day
ledger-account = Account
ledger-amount = Amount
ledger-sum = Contribution so far
ledger-about = Source or measure
ledger-evidence = Evidence
ledger-contribution = Contribution
ledger-define = Contribution: what the person brought less everything that it cost to deliver, serve and keep them, without VAT. What winning them cost stands below it, and so does what is owed on gift cards. Only what happened: no forecast.
ledger-last = Contribution so far: { $amount }
account-revenue = Revenue
account-refund = Paid back
account-goods = Goods
account-carrier = Carrier
account-fee = Payment fees
account-service = Service
account-care = Care
account-reward = Rewards
account-commission = Commissions
account-acquisition = Acquisition
account-overhead = Overhead
account-liability = Gift cards owed

## The doctor
doctor-holds = Everything that must hold does.
doctor-broken = { $n-count ->
    [one] One thing that must hold does not.
   *[other] { $n } things that must hold do not.
}
doctor-score = Data health: { $score } of 100.
doctor-no-score = There are no data to judge yet.
doctor-invariants = What must hold
doctor-looked-at = Looked at { $files } files with { $rows } rows of { $units } units: the files are those of the catalogue, every unit is there once and in one version, the ledger sums to the facts in every currency, and the alias map leads everyone to somebody, but for what is named here.
doctor-missing = The file { $path } is gone: restore it from a backup.
doctor-unreadable = The file { $path } cannot be read ({ $reason }): restore it from a backup.
doctor-rows = The file { $path } has { $found } rows, the catalogue says { $expected }: restore it from a backup.
doctor-unknown-table = The file { $path } belongs to a table '{ $table }' that this version does not know: update the program.
doctor-doubled = { $n } units of { $table } stand in the lake twice or in two versions (row { $example }): report this as a defect.
doctor-disagreement = The ledger sums to { $ledger } { $currency } where the facts of { $table } sum to { $facts }: report this as a defect.
doctor-map = The alias map does not hold together: { $links } identities without a link, { $nobody } links to nobody, { $circles } merges in a circle. Restore a backup.
doctor-waiting = { $n } events wait in the inbox to be sealed.
doctor-erasures = { $n } aliases of erased persons still stand in the facts: run `mehrwert erase` again.
doctor-orphans = { $n } files in the lake's folder are listed by nothing, such as { $path }: left by a crash, or being written now.
doctor-health = Data health
doctor-part = Part
doctor-affected = Fall short
doctor-total = Of
doctor-in-order = In order
doctor-example = Example
doctor-define = Data health is the mean of the shares that are in order, from 0 to 100; parts with nothing to judge are left out.
health-touches-of-nobody = Touches of nobody known
health-orders-of-nobody = Sold lines without a customer
health-orders-without-source = Orders without a source
health-orders-only-reported = Orders only a browser reported
health-orders-twice = Order numbers with two customers
health-refunds-without-order = Refunds without their order
health-payments-without-order = Payments without their order
health-costs-of-nobody = Costs that nobody bears
health-sales-without-goods-cost = Sold lines without goods cost
health-days-without-orders = Days without orders
health-days-without-costs = Days without costs of a source
health-amounts-without-rate = Amounts without exchange rate
advice-touches-of-nobody = identify visitors when they log in or buy (`identify` of the tracking script).
advice-orders-of-nobody = export orders with the customer's e-mail or number; guests count by their e-mail.
advice-orders-without-source = put the tracking script on every page and mark advertisements with utm_source.
advice-orders-only-reported = connect the shop by webhook or import its orders: a browser's word is only a stopgap.
advice-orders-twice = two shops may count orders alike; import each with a name of its own (--shop).
advice-refunds-without-order = import the orders of the time before as well.
advice-payments-without-order = import the orders that were paid, or name the shop they belong to (--shop).
advice-costs-of-nobody = a source or measure is written otherwise than in touches and orders, or won nobody in that month.
advice-sales-without-goods-cost = import a product list with goods costs (`mehrwert import products.csv`).
advice-days-without-orders = an export or webhook may be missing for these days.
advice-days-without-costs = import the advertising report of these days.
advice-amounts-without-rate = import exchange rates with base, quote, day and rate.

## Importing
heading-import-tables = What changed
heading-import-changes = Examples of what is said differently now
column-import-table = Table
column-import-new = New
column-import-changed = Changed
column-import-unchanged = Unchanged
column-import-older = Older, left alone
table-orders = Orders and refunds
table-payments = Payments
table-contracts = Contracts
table-costs = Costs
table-touches = Touches
table-events = Events
table-contacts = Contacts
table-tallies = Counts
table-products = Products
table-rates = Exchange rates
table-people = People
unit-orders = Order
unit-payments = Payment
unit-contracts = Contract
unit-costs = Cost
unit-tallies = Count
unit-events = Event
unit-touches = Touch
unit-contacts = Contact
fact-net = net
fact-tax = VAT
fact-shipping-charged = shipping
fact-discount = discount
fact-goods-cost = goods cost
fact-quantity = quantity
fact-day = day
fact-product = product
fact-category = category
fact-coupon = voucher
fact-offer = offer
fact-source = source
fact-currency = currency
fact-reference = other number
fact-amount = amount
fact-fee = fee
fact-kind = kind
fact-method = way of payment
fact-order-id = order
fact-price = price
fact-start = start
fact-end = end
fact-status = status
fact-interval = interval
fact-purpose = purpose
fact-to = last day
fact-count = count
fact-object = object
fact-medium = medium
fact-campaign = campaign
fact-page = page
fact-cost = cost
fact-lines = lines
fact-who = another customer
import-nothing = nothing
import-other-words = other details
import-as-of = As new as { $time }: of two statements the newer one holds. Say --as-of DAY where that is not so.
import-amounts-net = Amounts are taken as without VAT.
import-amounts-gross = VAT was taken out of the amounts.
import-new-people = { $n-count ->
    [one] { $n } person was seen for the first time.
   *[other] { $n } persons were seen for the first time.
}
import-joined = { $n-count ->
    [one] { $n } person turned out to be one with another.
   *[other] { $n } persons turned out to be one with another.
}
import-kept-apart = { $n-count ->
    [one] { $n } time names stood together that are known to be of two persons; they stay two.
   *[other] { $n } times names stood together that are known to be of two persons; they stay two.
}
import-nobody = { $n-count ->
    [one] { $n } row names nobody: it counts by day, product and source, and belongs to no customer.
   *[other] { $n } rows name nobody: they count by day, product and source, and belong to no customer.
}
import-periods = { $n-count ->
    [one] { $n } row covers several days: it is kept as one cost over that time.
   *[other] { $n } rows cover several days: each is kept as one cost over that time.
}
import-no-currency = { $n-count ->
    [one] { $n } row states no currency; say --currency, for example --currency EUR.
   *[other] { $n } rows state no currency; say --currency, for example --currency EUR.
}
import-tied = { $n-count ->
    [one] { $n } entry is said differently by another file of the same age: which one holds cannot be told from their times. If this file is the newer one, import it again with --as-of and the day of its export.
   *[other] { $n } entries are said differently by another file of the same age: which ones hold cannot be told from their times. If this file is the newer one, import it again with --as-of and the day of its export.
}
import-unused-columns = { $n-count ->
    [one] { $n } column was not used.
   *[other] { $n } columns were not used.
}
import-done = Imported: { $new } new, { $changed } changed.
import-rehearsed = Nothing was written. Without --dry-run: { $new } new, { $changed } changed.
add-new = Added to { $table }.
add-changed = Corrected in { $table }.
add-unchanged = It stands in { $table } already: nothing was added. If it happened twice, give it an --id of its own.
add-older = What stands in { $table } is newer: nothing was changed.
add-would-be-new = Nothing was written. Without --dry-run it would be added to { $table }.
add-would-change = Nothing was written. Without --dry-run it would be corrected in { $table }.
