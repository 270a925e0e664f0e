# Deutsch. Wir sprechen den Inhaber mit Sie an, in kurzen Sätzen. Zahlen kommen fertig geschrieben herein;
# "-count" ist dieselbe Zahl nur für die Wahl der Form.

## Was die Zahlen sind
worth-value-title = Künftiger Kundenwert
worth-revenue-title = Künftiger Umsatz
worth-orders-title = Künftige Bestellungen
worth-orders-discounted = Abgezinste Bestellungen
worth-value-share = Anteil am Wert
worth-revenue-share = Anteil am Umsatz
worth-orders-share = Anteil an den Bestellungen

basis-net = netto, ohne Umsatzsteuer
basis-net-by-rate = netto, mit dem genannten Satz aus brutto gerechnet
basis-gross = brutto, mit Umsatzsteuer
basis-as-given = wie angegeben (die Datei sagt nicht, ob mit Umsatzsteuer)
basis-no-amounts = ohne Beträge, in Bestellungen

horizon-years = { $n-count ->
    [one] { $n } Jahr
   *[other] { $n } Jahre
}
horizon-months = { $n-count ->
    [one] { $n } Monat
   *[other] { $n } Monate
}
horizon-weeks = { $n-count ->
    [one] { $n } Woche
   *[other] { $n } Wochen
}
horizon-days = { $n-count ->
    [one] { $n } Tag
   *[other] { $n } Tage
}
horizon-next-years = { $n-count ->
    [one] im nächsten Jahr
   *[other] in den nächsten { $n } Jahren
}
horizon-next-months = { $n-count ->
    [one] im nächsten Monat
   *[other] in den nächsten { $n } Monaten
}
horizon-next-weeks = { $n-count ->
    [one] in der nächsten Woche
   *[other] in den nächsten { $n } Wochen
}
horizon-next-days = { $n-count ->
    [one] am nächsten Tag
   *[other] in den nächsten { $n } Tagen
}

orders-many = { $n } Bestellungen
customers-unit = { $n-count ->
    [one] { $n } Kunde
   *[other] { $n } Kunden
}

## Der Befund
finding-value = { $customers-count ->
    [one] Ihr Kunde ist { $next } voraussichtlich { $total } wert ({ $low } bis { $high }).
   *[other] Ihre { $customers } Kunden sind { $next } voraussichtlich { $total } wert ({ $low } bis { $high }).
}
finding-revenue = { $customers-count ->
    [one] Ihr Kunde bringt { $next } voraussichtlich { $total } Umsatz ({ $low } bis { $high }).
   *[other] Ihre { $customers } Kunden bringen { $next } voraussichtlich { $total } Umsatz ({ $low } bis { $high }).
}
finding-orders = { $customers-count ->
    [one] Ihr Kunde bestellt { $next } voraussichtlich { $total }-mal ({ $low } bis { $high }).
   *[other] Ihre { $customers } Kunden bestellen { $next } voraussichtlich { $total }-mal ({ $low } bis { $high }).
}
finding-nobody = In den Dateien steht kein Kunde mit einer Bestellung. Prüfen Sie mit --explain, wofür die Spalten gehalten wurden.
finding-concentration = Die besten { $customers } der Kunden bringen davon { $share }.
finding-existing-revenue = In den letzten zwölf Monaten der Daten kamen { $share } des Umsatzes von Kunden, die schon einmal gekauft hatten.
finding-existing-orders = In den letzten zwölf Monaten der Daten kamen { $share } der Bestellungen von Kunden, die schon einmal gekauft hatten.
finding-existing-unknown = Wie viel des Geschäfts von Bestandskunden kommt, lässt sich erst ab dreizehn Monaten Daten sagen.
finding-last-line = { $worth } { $next }: { $total } ({ $low } bis { $high }), im Mittel { $mean } je Kunde.

## Überschriften
heading-reconciliation = Nichts verloren: gelesen = verwendet + zurückgestellt
heading-totals = Summen
heading-pyramid = Wer das Geschäft ausmacht
heading-top = { $n-count ->
    [one] Der beste Kunde
   *[other] Die { $n } besten Kunden
}
heading-existing = Bestandskunden
heading-parameters = Modelle
heading-accuracy = Genauigkeit
heading-accuracy-rolling = Genauigkeit im Rückblick (im Mittel über { $cuts } Schnitte)
heading-accuracy-holdout = Genauigkeit auf zurückgehaltenen Tagen ({ $from } bis { $to })
heading-certainty = Wie sicher das ist
heading-warnings = Bevor Sie den Zahlen glauben
heading-explain = Wofür jede Spalte gehalten wurde

## Spalten und Zeilen
column-rows = Zeilen
column-amount = Betrag
column-customers = Kunden
column-customer = Kunde
column-orders = Bestellungen
column-revenue-so-far = Umsatz bisher
column-alive = Noch Kunde
column-bought = Käufe
column-share = Anteil
column-step = Stufe
column-model = Modell
column-parameter = Parameter
column-value = Wert
column-standard-error = Standardfehler
column-mae = MAE
column-rmse = RMSE
column-aggregate = Gesamtfehler
column-log-score = Log-Score
column-crps = CRPS
column-top-tenth = Top-10-%-Anteil
column-forecast = Prognose
column-column = Spalte
column-example = Beispiel
column-role = Gelesen als
column-range = Von bis unter
column-share-customers = Anteil der Kunden
column-months-since = Zuletzt bestellt vor (Monate)
column-week = Woche ab
column-actual = Tatsächlich
column-expected = Erwartet
column-note = Anmerkung
column-item = Posten

row-read = Gelesen
row-used = Verwendet
row-set-aside = Zurückgestellt
row-set-aside-reason = davon { $reason }
row-log-likelihood = Log-Likelihood
row-chosen = { $name } (gewählt)

step-first = die obersten { $to }
step-between = { $from } bis { $to }

total-customers = Kunden
total-orders = Bestellungen
total-revenue = Umsatz bisher
total-revenue-basis = Umsatz bisher ({ $basis })
total-period = Zeitraum
total-holdout = Zurückgehalten
total-mean = Im Mittel je Kunde
total-expected-orders = Erwartete Bestellungen
total-margin = Marge
total-returns = Erstattungen und Stornos
total-existing = Anteil der Bestandskunden
total-horizon = Blick nach vorn
total-discount = Abzinsung im Jahr
period-from-to = { $from } bis { $to }
range-from-to = { $low } bis { $high }
returns-rows = { $n-count ->
    [one] { $amount } in einer Zeile
   *[other] { $amount } in { $n } Zeilen
}

## Definitionen, neben jeder Zahl
define-value = Deckungsbeitrag, den die heutigen Kunden vom Tag nach dem Zeitraum an bringen, abgezinst.
define-revenue-worth = Umsatz, den die heutigen Kunden vom Tag nach dem Zeitraum an bringen, abgezinst. Kosten sind nicht bekannt.
define-orders-worth = Bestellungen der heutigen Kunden vom Tag nach dem Zeitraum an, abgezinst. Beträge sind nicht bekannt.
define-customers = Wer im Zeitraum mindestens einmal gekauft hat.
define-orders = Kauftage: Was ein Kunde an einem Tag bestellt, zählt einmal. Ganz stornierte Bestellungen zählen nicht.
define-revenue = Summe der verwendeten Beträge, Erstattungen und Stornos abgezogen: { $basis }.
define-mean = Künftige Summe geteilt durch alle Kunden.
define-expected-orders = Käufe der heutigen Kunden { $next }, nicht abgezinst.
define-existing = Anteil der letzten zwölf Monate, der von Kunden kam, die vorher schon gekauft hatten.
define-period = Erster und letzter Tag, den die Modelle sahen.
define-alive = Wahrscheinlichkeit, dass der Kunde noch kauft und nicht abgewandert ist.
define-mae = MAE: mittlere Abweichung je Kunde, in Käufen.
define-rmse = RMSE: wie MAE, große Fehler zählen stärker.
define-aggregate = Gesamtfehler: wie weit alle Käufe zusammen danebenlagen.
define-log-score = Log-Score: wie wenig Wahrscheinlichkeit die Prognose dem gab, was jeder Kunde dann tat. Kleiner ist besser.
define-crps = CRPS: Abstand zwischen vorhergesagter Verteilung und Geschehenem, in Käufen. Kleiner ist besser.
define-top-tenth = Top-10-%-Anteil: was die vorhergesagten besten 10 % der Kunden wirklich brachten.

## Sicherheit in Worten
certainty-interval = Mit { $confidence } Wahrscheinlichkeit liegt die Summe zwischen { $low } und { $high }, wenn die Kunden weiter kaufen wie bisher.
certainty-rolling-low = Im Rückblick sagte { $model } { $error } zu wenige Käufe voraus.
certainty-rolling-high = Im Rückblick sagte { $model } { $error } zu viele Käufe voraus.
certainty-rolling-exact = Im Rückblick traf { $model } die Zahl der Käufe auf { $error } genau.
certainty-holdout-low = Auf Tagen, die kein Modell gesehen hat, sagte { $model } { $error } zu wenige Käufe voraus.
certainty-holdout-high = Auf Tagen, die kein Modell gesehen hat, sagte { $model } { $error } zu viele Käufe voraus.
certainty-holdout-exact = Auf Tagen, die kein Modell gesehen hat, traf { $model } die Zahl der Käufe auf { $error } genau.
certainty-top-tenth = Wen { $model } zu den besten 10 % zählte, der brachte danach { $share } des Geschäfts.
certainty-beats = Der Fehler je Kunde (RMSE) war { $improvement } kleiner als der der besten einfachen Regel ({ $baseline }).
certainty-not-beats = Der Fehler je Kunde (RMSE) war nicht kleiner als der der besten einfachen Regel ({ $baseline }): Lesen Sie die Werte einzelner Kunden mit Vorsicht.
certainty-not-measured = Wie gut die Prognose trifft, ließ sich an diesen Daten nicht messen. Mit --until TAG halten Sie die letzten Monate zum Prüfen zurück.

choice-named = { $model } wurde mit --model gewählt.
choice-saved = { $model } wurde früher an Daten bis { $until } angepasst und gespeichert; es wird unverändert verwendet.
choice-rolling = { $model } gab dem, was dann geschah, die größte Wahrscheinlichkeit (Log-Score): { $cuts } Rückblicke über je { $days } Tage, geprüft an { $customers } Kunden.
choice-not-told-apart = { $cuts } Rückblicke über je { $days } Tage an { $customers } Kunden zeigen kein Modell, das klar besser wäre (Log-Score). Es bleibt bei { $model }, der Vorgabe.
choice-little-history = Für Rückblicke ist die Geschichte zu kurz. { $model } ist dann die Vorgabe.
choice-few-repeaters = Für Rückblicke haben zu wenige Kunden ein zweites Mal gekauft. { $model } ist dann die Vorgabe.

baseline-zero = Niemand kauft wieder
baseline-own-rate = Jeder kauft im eigenen Takt weiter
baseline-same-as-before = Jeder kauft so oft wie zuvor
spend-model = Gamma-Gamma (Wert je Kauf)
spend-fitted = Der Wert je Kauf wurde an { $n } Kunden mit mehreren Käufen angepasst (Zusammenhang mit der Kaufzahl: { $correlation }).
model-no-dropout = Keine Abwanderung gesehen
model-not-converged = Nicht am Maximum

## Zurückgestellte Zeilen
reason-no-customer = ohne Kunde
reason-no-date = ohne Datum
reason-bad-date = Datum nicht lesbar
reason-future-date = Datum in der Zukunft
reason-bad-amount = Betrag ist keine Zahl
reason-bad-number = andere Zahl nicht lesbar
reason-test-order = Testbestellung
reason-failed-order = fehlgeschlagen oder nie bezahlt
reason-duplicate = doppelt
reason-not-an-order = keine Bestellung
reason-other-currency = andere Währung
reason-wrong-cell-count = falsche Zahl von Zellen
reason-unreadable = nicht lesbar
reason-end-before-start = Ende vor dem Beginn
reason-no-end = beendet, aber ohne den Tag
reason-negative-price = Preis unter null
reason-bad-interval = Intervall nicht bekannt
reason-total-line = Summenzeile
reason-empty-cell = eine nötige Zelle ist leer
reason-unknown-word = ein hier unbekanntes Wort
reason-erased = eine gelöschte Person

## Wofür Spalten gehalten werden
role-customer = Kunde
role-date = Datum
role-amount = Betrag
role-unit-price = Stückpreis
role-order = Bestellnummer
role-product = Produkt
role-quantity = Menge
role-tax = Steuer
role-discount = Rabatt
role-goods-cost = Wareneinsatz
role-source = Quelle
role-currency = Währung
role-status = Status
role-kind = Art (Verkauf, Erstattung)
role-refunded = Bisher erstattet
role-cancelled-at = Storniert am
role-shipping = Versand
role-related-order = Bezogene Bestellung
role-recipient = Empfänger
role-captured = Eingezogen
role-test = Test
role-attribute = Merkmal der Kunden
role-start = Beginn
role-end = Ende
role-price = Preis je Intervall
role-interval = Intervall
role-contract = Vertragsnummer
role-line-discount = Rabatt der Position
role-subtotal = Zwischensumme
role-id = Eigene Nummer
role-time = Uhrzeit
role-zone = Zeitzone
role-email = E-Mail-Adresse
role-phone = Telefon
role-visitor = Besucherkennung
role-name = Name
role-first-name = Vorname
role-last-name = Nachname
role-account = Firma oder Haushalt
role-birthday = Geburtstag
role-street = Straße
role-postcode = Postleitzahl
role-city = Ort
role-country = Land
role-reference = Andere Nummer
role-coupon = Gutschein
role-category = Kategorie
role-offer = Angebot
role-method = Zahlungsart
role-fee = Gebühr
role-campaign = Kampagne
role-ad-group = Anzeigengruppe
role-ad = Anzeige
role-medium = Medium
role-content = Inhalt
role-term = Suchbegriff
role-page = Seite
role-referrer = Verweis
role-session = Besuch
role-event = Ereignis
role-object = Gegenstand
role-stage = Stufe
role-count = Anzahl
role-purpose = Zweck
role-measure = Maßnahme
role-base = Ausgangswährung
role-quote = Angebot oder Zielwährung
role-rate = Kurs
role-vat-rate = Mehrwertsteuersatz
role-ignored = nicht verwendet

kind-generic = Bestellungen
kind-shopify = Shopify
kind-woocommerce = WooCommerce
kind-stripe = Stripe
kind-paypal = PayPal
kind-online-retail = Online Retail
kind-cdnow = CDNOW
kind-contracts = Verträge
kind-payments = Zahlungen
kind-costs = Kosten
kind-google-ads = Google Ads
kind-meta-ads = Meta Ads
kind-touches = Kontaktpunkte
kind-events = Ereignisse
kind-tallies = Zählungen
kind-products = Produkte
kind-rates = Wechselkurse
kind-people = Personen
explain-file = { $path }: { $kind }, { $layout }, { $encoding }, Datum { $date }, Zahlen { $number }, { $rows } Zeilen
explain-last-line = Stimmt eine Zuordnung nicht? Nennen Sie die Spalte selbst, zum Beispiel --map customer=SPALTE.
explain-nothing = Es wurde keine Datei gelesen.

## Warnungen
warning-identical-rows = { $n-count ->
    [one] Eine Zeile wiederholt eine frühere ohne Bestellnummer. Sie zählt mit, denn nichts beweist eine Dopplung.
   *[other] { $n } Zeilen wiederholen frühere ohne Bestellnummer. Sie zählen mit, denn nichts beweist eine Dopplung.
}
warning-rounded-amounts = { $n-count ->
    [one] Ein Betrag hatte mehr als sechs Nachkommastellen und wurde gerundet.
   *[other] { $n } Beträge hatten mehr als sechs Nachkommastellen und wurden gerundet.
}
warning-vat-unknown = Die Datei sagt nicht, ob Beträge die Umsatzsteuer enthalten. Sie gelten wie angegeben; mit --vat 19% rechnen wir sie heraus.
warning-no-amounts = Die Dateien enthalten keine Beträge. Wir zählen Bestellungen statt Umsatz.
warning-customers-by-name = Kunden sind nur am Namen zu unterscheiden. Gleiche Namen gelten als ein Kunde.
warning-orders-several-customers = { $n-count ->
    [one] Eine Bestellnummer steht bei mehreren Kunden.
   *[other] { $n } Bestellnummern stehen bei mehreren Kunden.
}
warning-orders-restated = { $n-count ->
    [one] Eine Bestellung steht in einer späteren Datei anders. Die spätere Datei zählt.
   *[other] { $n } Bestellungen stehen in einer späteren Datei anders. Die spätere Datei zählt.
}
warning-currency = Einige Zeilen nennen keine Währung. Sie zählen wie alle anderen als { $currency }.
warning-unmatched-returns = { $n-count ->
    [one] Zu einer Erstattung ({ $amount }) fehlt die Bestellung. Sie wurde beim Kunden abgezogen.
   *[other] Zu { $n } Erstattungen ({ $amount }) fehlt die Bestellung. Sie wurden beim Kunden abgezogen.
}
warning-negative-customers = { $n-count ->
    [one] Ein Kunde bekam mehr erstattet, als er gekauft hat.
   *[other] { $n } Kunden bekamen mehr erstattet, als sie gekauft haben.
}
warning-few-customers = { $n-count ->
    [one] Ein einziger Kunde ist zu wenig für eine Prognose. Lesen Sie die Zahlen als groben Anhalt.
   *[other] { $n } Kunden sind wenige für eine Prognose. Lesen Sie die Zahlen als groben Anhalt.
}
warning-nobody-twice = Niemand hat zweimal gekauft. Über Wiederkäufe lässt sich nichts sagen.
warning-no-dropout = { $model } sieht keine Abwanderung: Es nimmt an, dass niemand geht.
warning-amounts-equal = Alle Beträge sind gleich. Der erwartete Wert je Kauf ist dieser Betrag.
warning-heavy-tail = Einzelne sehr hohe Beträge lassen den mittleren Wert je Kauf offen. Wir nehmen stattdessen den eigenen Mittelwert der Kunden.
warning-spend-correlated = Wer öfter kauft, gibt je Kauf anders viel aus (Zusammenhang { $correlation }). Das Modell nimmt an, dass beides unabhängig ist.
warning-short-history = { $n-count ->
    [one] Die Geschichte hat nur einen Tag und ist kürzer als der Blick nach vorn. Die Prognose stützt sich auf das Modell.
   *[other] Die Geschichte hat nur { $n } Tage und ist kürzer als der Blick nach vorn. Die Prognose stützt sich auf das Modell.
}
warning-model-failed = { $model } ließ sich nicht anpassen und fehlt: { $reason }
warning-goods-cost-missing = Für { $share } des Umsatzes fehlt der Wareneinsatz. Dort gilt die Marge des übrigen Umsatzes.
warnings-none = Keine Warnungen.

## Die Seite
page-title = { $worth }, { $period }
page-skip = Zum Inhalt springen
page-figures = Die wichtigsten Zahlen
page-table = Als Tabelle
page-know = So kommen wir darauf
page-know-lead = Für alle, die nachrechnen wollen: Modelle, Genauigkeit, Definitionen und was mit jeder Zeile geschah.
page-files = Dateien und Spalten
page-generated = Erstellt am { $day } mit
page-settings = Einstellungen
page-subtitle = Daten vom { $from } bis { $to }. Beträge { $basis }.
page-subtitle-orders = Daten vom { $from } bis { $to }, { $basis }.

card-distribution-value = Wie viel sind einzelne Kunden wert?
card-distribution-revenue = Wie viel Umsatz bringen einzelne Kunden?
card-distribution-orders = Wie oft bestellen einzelne Kunden?
card-distribution-finding = Die Hälfte der Kunden liegt unter { $median }. Im Mittel sind es { $mean }: Wenige sehr gute Kunden heben den Schnitt.
card-distribution-even = Die Hälfte der Kunden liegt unter { $median }, im Mittel sind es { $mean }.
card-distribution-nothing = Alle Kunden liegen gleich; es gibt nichts zu verteilen.
card-distribution-summary = Balken: wie viele Kunden in welchem Bereich liegen. Median { $median }, Mittel { $mean }.
card-distribution-mean = Mittel { $mean }
card-distribution-tail = Der schraffierte Balken ganz rechts fasst alle zusammen, die darüber liegen.
card-axis-customers = Anzahl Kunden
card-axis-per-customer = { $worth } je Kunde

card-concentration = Wer macht das Geschäft aus?
card-concentration-nothing = Für eine Verteilung unter Kunden braucht es mindestens zwei Kunden mit Aussicht auf einen Kauf.
card-concentration-curve = Vom besten Kunden an aufaddiert
card-concentration-curve-summary = Kurve der Konzentration. { $sentence }
card-concentration-equal = wenn alle gleich viel brächten
card-concentration-customers = Kunden, die besten zuerst
card-concentration-pyramid = In Stufen
card-concentration-pyramid-summary = Balken: Anteil jeder Stufe. { $sentence }
card-concentration-tick = Der Strich zeigt, was eine Stufe brächte, wenn alle Kunden gleich viel brächten.

card-alive = Wer ist noch da?
card-alive-finding = Bei { $known } Kunden lässt sich sagen, ob sie noch kaufen. { $alive } davon sind wahrscheinlich noch da, { $gone } wahrscheinlich nicht mehr.
card-alive-nobody = Ob einzelne Kunden noch kaufen, lässt sich an diesen Daten nicht sagen.
card-alive-unknown = Bei Kunden mit einem einzigen Kauf sagt { $model } darüber nichts (schraffiert).
card-alive-nothing = Für diese Karte braucht es mindestens zwei Kunden.
card-alive-read = Jedes Feld zeigt oben die mittlere Wahrscheinlichkeit, darunter die Zahl der Kunden.
card-alive-axis-orders = Bestellungen bisher
card-alive-axis-months = Monate seit der letzten Bestellung
card-alive-legend = Wahrscheinlichkeit, noch Kunde zu sein
card-alive-legend-unknown = nicht bekannt

card-top-finding = Zusammen { $next } voraussichtlich { $total }.

card-course = Trifft die Prognose, was geschah?
card-course-finding = Vom { $from } bis { $to } kamen { $actual } Wiederkäufe, erwartet waren { $expected } ({ $error }).
card-course-finding-holdout = In den zurückgehaltenen Wochen ab { $from } kamen { $actual } Wiederkäufe, erwartet waren { $expected } ({ $error }).
card-course-nothing = Für einen Verlauf braucht es mindestens zwei volle Wochen.
card-course-weekly = Wiederkäufe je Woche
card-course-cumulative = Wiederkäufe, aufaddiert
card-course-actual = tatsächlich
card-course-expected = erwartet
card-course-holdout = zurückgehalten
card-course-axis = Wiederkäufe
card-course-definition = Wiederkäufe sind alle Käufe nach dem ersten eines Kunden. Erwartet ist, was { $model } für die bis dahin gewonnenen Kunden vorhersagt.

# Langes Arbeiten
phase-reading = Dateien lesen
phase-histories = Kaufverläufe bilden
phase-fitting = Modelle anpassen
phase-scoring = Kunden bewerten
phase-writing = Ergebnis schreiben

## Wert seit Gewinnung
acquired-value-title = Kundenwert seit Gewinnung
acquired-revenue-title = Umsatz seit Gewinnung
acquired-orders-title = Bestellungen seit Gewinnung
age-years = { $n-count ->
    [one] { $n } Jahr
   *[other] { $n } Jahren
}
age-months = { $n-count ->
    [one] { $n } Monat
   *[other] { $n } Monaten
}
age-weeks = { $n-count ->
    [one] { $n } Woche
   *[other] { $n } Wochen
}
age-days = { $n-count ->
    [one] { $n } Tag
   *[other] { $n } Tagen
}
heading-acquired = { $worth } bis zum Alter von { $age }, je Kunde
heading-groups = Nach { $column }
column-cohort = Gewonnen
column-group = Gruppe
column-brought = Bisher
column-still-expected = Erwartet
column-acquired = Zusammen
column-low = Von
column-high = Bis
column-acquisition-cost = Akquisekosten
column-remaining = Künftig, alle
segment-all = Alle
segment-unknown = nicht bekannt
segment-young = { $name } (jung)
segment-few = { $name } (wenige)
define-acquired = Was ein Kunde bisher brachte und bis zum Alter von { $age } voraussichtlich noch bringt, abgezinst auf den Tag seiner Gewinnung. Daran misst sich, was seine Gewinnung kosten darf.
define-acquisition-cost = Akquisekosten: alles, was in den Monaten einer Kohorte für das Gewinnen von Kunden ausgegeben wurde, samt Personal und Werkzeugen dafür, je gewonnenem Kunden. Sie stehen dem Kundenwert seit Gewinnung gegenüber.
define-brought = Bisher: mit dem ersten Kauf. Künftig, alle: was die ganze Gruppe von heute an bringt; das ist eine andere Frage und wird nicht dazugezählt.
define-maturity = jung: im Mittel weniger als 90 Tage beobachtet, fast alles ist Prognose. wenige: unter 30 Kunden; ihre Zahlen stützen sich auf die der anderen.
card-acquired = Was bringt ein gewonnener Kunde?
card-acquired-finding = Ein Kunde bringt bis zum Alter von { $age } im Mittel { $value } ({ $low } bis { $high }); davon sind { $brought } schon da.
card-acquired-nothing = Eine einzige Kohorte lässt sich mit keiner anderen vergleichen.
card-acquired-axis = { $worth } je Kunde, Balken: bisher
card-groups = Welche Kunden bringen wie viel?
card-groups-finding = Nach { $column }: { $best } bringt mit { $value } je Kunde am meisten ({ $low } bis { $high }).
card-groups-nothing = Es gibt nur eine Gruppe.
card-groups-none = Nach { $column }: noch ist keine Gruppe groß und alt genug für einen Vergleich.
## Contracts
interval-week = Wochenverträge
interval-month = Monatsverträge
interval-quarter = Quartalsverträge
interval-half-year = Halbjahresverträge
interval-year = Jahresverträge
interval-sentence = { $interval }: { $sentence }
item-interval = { $item } ({ $interval })

finding-contracts-none = Kein Vertrag läuft mehr. Was noch kommt, ist nichts.
finding-contracts-value = { $contracts-count ->
    [one] Ihr laufender Vertrag ist { $next } { $total } wert ({ $low } bis { $high }).
   *[other] Ihre { $contracts } laufenden Verträge sind { $next } { $total } wert ({ $low } bis { $high }).
}
finding-contracts-revenue = { $contracts-count ->
    [one] Ihr laufender Vertrag bringt { $next } { $total } Umsatz ({ $low } bis { $high }).
   *[other] Ihre { $contracts } laufenden Verträge bringen { $next } { $total } Umsatz ({ $low } bis { $high }).
}
finding-monthly = Heute bringen sie { $monthly } im Monat.
finding-churn = Bei der nächsten Verlängerung gehen voraussichtlich { $churn } der { $interval } verloren ({ $low } bis { $high }).
finding-retention = Von den neuen Verträgen verlängern { $first } das erste Mal; wer bis zur { $renewal }. Verlängerung dabei ist, bleibt dann zu { $last }.
finding-survival = Nach { $renewal-count ->
    [one] der ersten Verlängerung
   *[other] { $renewal } Verlängerungen
} laufen von 100 neuen Verträgen noch { $share } ({ $low } bis { $high }).
finding-contracts-last-line = { $worth } { $next }: { $total } ({ $low } bis { $high }), im Mittel { $mean } je laufenden Vertrag.

heading-curve = Verlängerung und Verbleib: { $interval }
heading-cohorts = { $n-count ->
    [one] Kundenwert seit Gewinnung bis zum Alter von einem Jahr, nach Beginn
   *[other] Kundenwert seit Gewinnung bis zum Alter von { $n } Jahren, nach Beginn
}
heading-top-contracts = { $n-count ->
    [one] Der wertvollste Vertrag
   *[other] Die { $n } wertvollsten Verträge
}

column-price-per-interval = Preis je Intervall
column-renewal = Verlängerung
column-due = Fällig
column-retention-seen = Verlängert
column-retention = Modell
column-survival-seen = Noch da
column-survival = Modell (90 %)
column-begun = Beginn
column-contracts = Verträge
column-running = Laufend
column-paid = Gezahlt
column-since-start = Je Vertrag
column-price = Preis
column-renewals = Verlängert
column-renews-next = Nächste
column-payments = Zahlungen

row-used-interval = Verwendet: { $interval }
row-log-score = Güte im Rückblick (log)
cohort-unripe = { $cohort } *

total-monthly = Monatlich wiederkehrender Umsatz
total-payments = Erwartete Zahlungen
total-churn = Abwanderung bei der nächsten Verlängerung
total-churn-seen = Abwanderung der letzten zwölf Monate
total-remaining = Künftige Zahlungen je laufenden Vertrag
total-running = Laufende Verträge
total-ending = Gekündigt, laufen noch
total-ended = Beendete Verträge
total-changed = Planwechsel
total-paid = Bisher gezahlt
total-as-of = Stand

define-contracts-value = Deckungsbeitrag, den die laufenden Verträge ab dem Tag nach dem Stand bringen, abgezinst.
define-contracts-revenue = Umsatz, den die laufenden Verträge ab dem Tag nach dem Stand bringen, abgezinst. Kosten sind nicht bekannt.
define-monthly = Preise der laufenden Verträge, auf einen Monat gerechnet: { $basis }.
define-payments = Zahlungen der laufenden Verträge { $next }, nicht abgezinst. Gekündigte zahlen sicher bis zu ihrem Ende.
define-churn = Anteil der laufenden Verträge, der seine nächste Verlängerung voraussichtlich nicht mitmacht.
define-churn-seen = { $missed } von { $due } Verlängerungen, die in zwölf Monaten fällig wurden, blieben aus.
define-remaining = Mittel der Zahlungen, die ein laufender Vertrag { $next } noch bringt.
define-running = Verträge, die am Stand laufen und deren Ende nicht bekannt ist. Ihr Ende wird nicht angenommen, sondern geschätzt.
define-ending = Verträge, deren Ende nach dem Stand liegt und bekannt ist.
define-ended = Verträge, deren Ende am Stand erreicht ist.
define-changed = Verträge, an die ein anderer desselben Kunden ohne Lücke anschließt. Beide gelten als eine Beziehung.
define-contract-customers = Wer bis zum Stand einen Vertrag begonnen hat. Der Wert eines Kunden ist die Summe seiner Verträge.
define-paid = Preis mal Zahlungen bis zum Stand: eine zu Beginn und eine mit jeder Verlängerung.
define-as-of = Letzter Tag, an dem in den Dateien etwas geschieht. Mit --until nennen Sie einen anderen.
define-as-of-named = Mit --until genannt. Was danach kam, sehen die Modelle nicht.
define-curve = Fällig: Verträge, die bis zu dieser Verlängerung kamen. Verlängert: Anteil davon, der verlängerte. Noch da: Anteil aller Verträge (Kaplan-Meier).
define-cohorts = Gezahlt bis zu diesem Alter, dazu das, was bis dahin noch erwartet wird, abgezinst auf den Stand. Mit * ist noch nicht jeder Vertrag so alt. Daneben der künftige Wert ab dem Stand.

certainty-contracts-interval = Mit einer Wahrscheinlichkeit von { $confidence } liegt die Summe zwischen { $low } und { $high }, wenn Kunden weiter so verlängern wie bisher: gerechnet aus der Unschärfe der Modellwerte, dem Zufall der einzelnen Verträge und dem, was im Rückblick darüber hinaus fehlging.
certainty-contracts-held-low = In den zurückgehaltenen Tagen kamen { $actual } Verlängerungen, erwartet waren { $expected }; die Zahlungen wurden um { $error } unterschätzt.
certainty-contracts-held-high = In den zurückgehaltenen Tagen kamen { $actual } Verlängerungen, erwartet waren { $expected }; die Zahlungen wurden um { $error } überschätzt.
certainty-contracts-back-low = Im Rückblick kamen { $actual } Verlängerungen, erwartet waren { $expected }; die Zahlungen wurden um { $error } unterschätzt.
certainty-contracts-back-high = Im Rückblick kamen { $actual } Verlängerungen, erwartet waren { $expected }; die Zahlungen wurden um { $error } überschätzt.
certainty-contracts-unchecked = Wie gut die Vorhersage trifft, ließ sich an diesen Daten nicht messen. Dass kein Modell genau stimmt, ist in der Spanne nicht enthalten.

choice-contracts-rolling = { $model } sah in { $cuts } Rückblicken von je { $days } Tagen voraus, welche Verträge bleiben; das andere Modell war nicht mehr als zufällig besser.
choice-contracts-aic = { $model } beschreibt die Verlängerungen mit dem kleineren AIC; für Rückblicke reichen die Daten nicht.
choice-contracts-only = Nur { $model } ließ sich anpassen.
choice-contracts-nothing = Kein Modell ließ sich anpassen.

warning-interval-assumed = { $n-count ->
    [one] Für einen Vertrag steht kein Intervall da. Er gilt als einer der { $interval }.
   *[other] Für { $n } Verträge steht kein Intervall da. Sie gelten als { $interval }.
}
warning-interval-some = { $n-count ->
    [one] Für einen Vertrag steht kein Intervall da. Es wurde aus dem Namen der Preisspalte genommen, sonst ein Monat.
   *[other] Für { $n } Verträge steht kein Intervall da. Es wurde aus dem Namen der Preisspalte genommen, sonst ein Monat.
}
warning-few-contracts = { $n-count ->
    [one] Ein einziger Vertrag ist zu wenig für eine Vorhersage. Lesen Sie die Zahlen als groben Anhalt.
   *[other] { $n } Verträge sind wenig für eine Vorhersage. Lesen Sie die Zahlen als groben Anhalt.
}
warning-nobody-left = { $interval }: Noch keine Verlängerung blieb aus. Wie schnell Kunden gehen, lässt sich nur nach oben begrenzen.
warning-at-boundary = { $interval }: Die Werte von { $model } liegen am Rand des Möglichen. Die Spanne nimmt an, dass alle Verträge gleich leicht enden.
warning-contract-model-failed = { $interval }: { $model } ließ sich nicht anpassen und bleibt weg: { $reason }
warning-not-valued = { $n-count ->
    [one] { $interval }: Ein laufender Vertrag hat keinen Wert, weil kein Modell sich anpassen ließ. Er steckt in keiner Summe.
   *[other] { $interval }: { $n } laufende Verträge haben keinen Wert, weil kein Modell sich anpassen ließ. Sie stecken in keiner Summe.
}
warning-beyond-seen = { $interval }: Die Vorhersage reicht bis zur { $forecast }. Verlängerung, gesehen wurden höchstens { $seen }. Darüber hinaus stützt sie sich auf das Modell.
warning-plan-changes = { $n-count ->
    [one] Ein Vertrag wurde ohne Lücke durch einen anderen abgelöst. Das gilt als Wechsel, nicht als Kündigung.
   *[other] { $n } Verträge wurden ohne Lücke durch andere abgelöst. Das gilt als Wechsel, nicht als Kündigung.
}
warning-later-contracts = { $n-count ->
    [one] Ein Vertrag beginnt nach dem Stand und bleibt außer Betracht.
   *[other] { $n } Verträge beginnen nach dem Stand und bleiben außer Betracht.
}

card-retention = Wie viele verlängern?
card-retention-axis = Anteil, der verlängert
card-survival = Wie lange bleiben Kunden?
card-survival-axis = Anteil noch da
card-renewal-axis = Nummer der Verlängerung
card-curve-seen = gesehen
card-curve-model = Modell
card-curve-beyond = noch nicht gesehen
card-curve-nothing = Dafür braucht es mindestens zwei Verlängerungen.
card-curve-read = Punkte: was war. Linie: das Modell, mit der Spanne, in der es zu 90 % liegt.
card-curve-few = Anteile von weniger als { $n } Verträgen stehen nur in der Tabelle.
card-cohorts = Was bringt ein gewonnener Vertrag?
card-cohorts-finding = Ein Vertrag aus { $cohort } bringt bis zum Alter von { $n } Jahren { $mean } ({ $low } bis { $high }).
card-top-contracts-finding = Zusammen voraussichtlich { $total } { $next }.
page-contracts-subtitle = Verträge seit { $from }, Stand { $to }. Preise { $basis }.
page-contracts-title = { $worth } der Verträge, Stand { $day }

## Was Merkmale erklären, und die Jahreszeit
segment-others = { $n-count ->
    [one] { $n } kleinere Gruppe
   *[other] { $n } kleinere Gruppen
}
heading-covariates = Was Merkmale der Kunden erklären
column-effect-on = Wirkt auf
column-factor = Faktor
column-coefficient = Koeffizient
effect-purchases = Kaufhäufigkeit
effect-dropout = Abwanderung
define-effects = Faktor: womit sich Kaufhäufigkeit oder Abwanderung je Einheit der Spalte vervielfacht, bei Arten gegenüber der häufigsten Art. Über 1 heißt: kauft öfter, geht früher.
covariates-tell = Die Merkmale erklären etwas: die Log-Likelihood steigt um { $gain } (p { $p }).
covariates-tell-nothing = Die Merkmale erklären nichts, was nicht auch Zufall sein könnte: die Log-Likelihood steigt nur um { $gain } (p { $p }).
heading-season = Jahreszeit der Käufe
column-month = Monat
season-used = Die Käufe schwanken mit der Jahreszeit (p { $p }); die Prognose rechnet damit.
season-saved = Die Prognose rechnet mit der Jahreszeit, die mit dem Modell gespeichert wurde.
season-not-used = Eine Jahreszeit lässt sich von Zufall nicht unterscheiden (p { $p }); die Prognose rechnet ohne sie.
warning-intervals-narrow = Wie unsicher die Modellwerte sind, ließ sich nicht bestimmen ({ $reason }). Die Spannen sind um diesen Teil zu eng.
warning-useless-covariate = Die Spalte „{ $column }“ unterscheidet die Kunden nicht und bleibt weg.

## Listen dessen, was eingerichtet ist
listing-settings = Einstellungen, wie sie gelten
listing-keys = Schlüssel
listing-key-made = Der neue Schlüssel. Bewahren Sie ihn auf: Er wird nur dieses eine Mal gezeigt.
listing-webhooks = Webhooks
listing-webhook-added = Der neue Webhook. Seine Adresse steht hinter der Ihres Servers.
listing-empty = Es gibt noch keine.
field-setting = Einstellung
field-value = Wert
field-origin = Woher
field-id = Kennung
field-kind = Art
field-name = Name
field-key = Schlüssel
field-shop = Shop
field-prices = Preise
field-created-at = Angelegt
field-revoked-at = Widerrufen
field-source = Absender
field-address = Adresse

## Das Konto eines Kunden
ledger-title = Buchungen von { $person } bis { $day }: { $n-count ->
    [one] eine Buchung
   *[other] { $n } Buchungen
}.
ledger-empty = Mit dieser Person ist nichts geschehen.
ledger-entries = Buchungen
ledger-accounts = Nach Konten
ledger-day = Tag
ledger-account = Konto
ledger-amount = Betrag
ledger-sum = Deckungsbeitrag bisher
ledger-about = Quelle oder Maßnahme
ledger-evidence = Beleg
ledger-contribution = Deckungsbeitrag
ledger-define = Deckungsbeitrag: was die Person gebracht hat, abzüglich allem, was Lieferung, Betreuung und Bindung gekostet haben, ohne Mehrwertsteuer. Was die Gewinnung gekostet hat, steht darunter, ebenso was auf Gutscheine noch geschuldet ist. Nur Geschehenes: keine Prognose.
ledger-last = Deckungsbeitrag bisher: { $amount }
account-revenue = Umsatz
account-refund = Erstattet
account-goods = Wareneinsatz
account-carrier = Versand
account-fee = Zahlungsgebühren
account-service = Service
account-care = Betreuung
account-reward = Prämien
account-commission = Provisionen
account-acquisition = Akquise
account-overhead = Gemeinkosten
account-liability = Offene Gutscheine

## Die Untersuchung
doctor-holds = Alles, was gelten muss, gilt.
doctor-broken = { $n-count ->
    [one] Etwas, das gelten muss, gilt nicht.
   *[other] { $n } Dinge, die gelten müssen, gelten nicht.
}
doctor-score = Gesundheit der Daten: { $score } von 100.
doctor-no-score = Es gibt noch keine Daten zu beurteilen.
doctor-invariants = Was gelten muss
doctor-looked-at = Angesehen wurden { $files } Dateien mit { $rows } Zeilen von { $units } Einheiten: Die Dateien sind die des Katalogs, jede Einheit ist einmal und in einer Fassung da, die Buchungen ergeben in jeder Währung die Summen der Fakten, und die Zuordnung führt von jedem zu jemandem, bis auf das, was hier genannt ist.
doctor-missing = Die Datei { $path } fehlt: Stellen Sie sie aus einer Sicherung wieder her.
doctor-unreadable = Die Datei { $path } ist nicht lesbar ({ $reason }): Stellen Sie sie aus einer Sicherung wieder her.
doctor-rows = Die Datei { $path } hat { $found } Zeilen, der Katalog sagt { $expected }: Stellen Sie sie aus einer Sicherung wieder her.
doctor-unknown-table = Die Datei { $path } gehört zu einer Tabelle „{ $table }“, die diese Version nicht kennt: Aktualisieren Sie das Programm.
doctor-doubled = { $n } Einheiten von { $table } stehen doppelt oder in zwei Fassungen da (Zeile { $example }): Melden Sie dies als Fehler.
doctor-disagreement = Die Buchungen ergeben { $ledger } { $currency }, die Fakten von { $table } aber { $facts }: Melden Sie dies als Fehler.
doctor-map = Die Zuordnung der Personen hängt nicht zusammen: { $links } Kennungen ohne Verweis, { $nobody } Verweise auf niemanden, { $circles } Zusammenführungen im Kreis. Stellen Sie eine Sicherung wieder her.
doctor-waiting = { $n } Ereignisse warten im Eingang auf die Versiegelung.
doctor-erasures = { $n } Decknamen gelöschter Personen stehen noch in den Fakten: Führen Sie `mehrwert erase` erneut aus.
doctor-orphans = { $n } Dateien im Ordner der Fakten führt niemand auf, etwa { $path }: übrig von einem Absturz, oder sie werden gerade geschrieben.
doctor-health = Gesundheit der Daten
doctor-part = Teil
doctor-affected = Mangelhaft
doctor-total = Von
doctor-in-order = In Ordnung
doctor-example = Beispiel
doctor-define = Die Gesundheit der Daten ist der Mittelwert der Anteile, die in Ordnung sind, von 0 bis 100; Teile, bei denen es nichts zu beurteilen gibt, zählen nicht.
health-touches-of-nobody = Kontaktpunkte von Unbekannten
health-orders-of-nobody = Verkaufte Positionen ohne Kunden
health-orders-without-source = Bestellungen ohne Quelle
health-orders-only-reported = Bestellungen, die nur ein Browser meldete
health-orders-twice = Bestellnummern mit zwei Kunden
health-refunds-without-order = Erstattungen ohne Bestellung
health-payments-without-order = Zahlungen ohne Bestellung
health-costs-of-nobody = Kosten, die niemand trägt
health-sales-without-goods-cost = Verkaufte Positionen ohne Wareneinsatz
health-days-without-orders = Tage ohne Bestellungen
health-days-without-costs = Tage ohne Kosten einer Quelle
health-amounts-without-rate = Beträge ohne Wechselkurs
advice-touches-of-nobody = Melden Sie Besucher beim Anmelden und Kaufen (`identify` des Zählskripts).
advice-orders-of-nobody = Exportieren Sie Bestellungen mit E-Mail oder Kundennummer; Gäste zählen nach ihrer E-Mail.
advice-orders-without-source = Setzen Sie das Zählskript auf jede Seite und kennzeichnen Sie Anzeigen mit utm_source.
advice-orders-only-reported = Binden Sie den Shop per Webhook an oder importieren Sie seine Bestellungen: Das Wort eines Browsers ist nur ein Notbehelf.
advice-orders-twice = Zwei Shops zählen wohl gleich; importieren Sie jeden unter eigenem Namen (--shop).
advice-refunds-without-order = Importieren Sie auch die Bestellungen der Zeit davor.
advice-payments-without-order = Importieren Sie die bezahlten Bestellungen, oder nennen Sie den Shop, zu dem sie gehören (--shop).
advice-costs-of-nobody = Eine Quelle oder Maßnahme heißt anders als in Kontaktpunkten und Bestellungen, oder sie gewann in dem Monat niemanden.
advice-sales-without-goods-cost = Importieren Sie eine Produktliste mit Wareneinsatz (`mehrwert import produkte.csv`).
advice-days-without-orders = Für diese Tage fehlt vielleicht ein Export oder Webhook.
advice-days-without-costs = Importieren Sie den Werbebericht dieser Tage.
advice-amounts-without-rate = Importieren Sie Wechselkurse mit base, quote, day und rate.

## Einlesen
heading-import-tables = Was sich geändert hat
heading-import-changes = Beispiele dafür, was nun anders lautet
column-import-table = Tabelle
column-import-new = Neu
column-import-changed = Geändert
column-import-unchanged = Unverändert
column-import-older = Älter, nicht übernommen
table-orders = Bestellungen und Erstattungen
table-payments = Zahlungen
table-contracts = Verträge
table-costs = Kosten
table-touches = Kontaktpunkte
table-events = Ereignisse
table-contacts = Kontakte
table-tallies = Zählungen
table-products = Produkte
table-rates = Wechselkurse
table-people = Personen
unit-orders = Bestellung
unit-payments = Zahlung
unit-contracts = Vertrag
unit-costs = Kosten
unit-tallies = Zählung
unit-events = Ereignis
unit-touches = Kontaktpunkt
unit-contacts = Kontakt
fact-net = netto
fact-tax = MwSt.
fact-shipping-charged = Versand
fact-discount = Rabatt
fact-goods-cost = Wareneinsatz
fact-quantity = Menge
fact-day = Tag
fact-product = Produkt
fact-category = Kategorie
fact-coupon = Gutschein
fact-offer = Angebot
fact-source = Quelle
fact-currency = Währung
fact-reference = andere Nummer
fact-amount = Betrag
fact-fee = Gebühr
fact-kind = Art
fact-method = Zahlungsart
fact-order-id = Bestellung
fact-price = Preis
fact-start = Beginn
fact-end = Ende
fact-status = Status
fact-interval = Intervall
fact-purpose = Zweck
fact-to = letzter Tag
fact-count = Anzahl
fact-object = Gegenstand
fact-medium = Medium
fact-campaign = Kampagne
fact-page = Seite
fact-cost = Kosten
fact-lines = Zeilen
fact-who = andere Kundin oder anderer Kunde
import-nothing = nichts
import-other-words = andere Einzelheiten
import-as-of = Stand { $time }: Von zwei Angaben gilt die neuere. Wo das nicht stimmt, --as-of TAG angeben.
import-amounts-net = Die Beträge gelten als ohne Mehrwertsteuer.
import-amounts-gross = Die Mehrwertsteuer wurde aus den Beträgen herausgerechnet.
import-new-people = { $n-count ->
    [one] { $n } Person ist neu.
   *[other] { $n } Personen sind neu.
}
import-joined = { $n-count ->
    [one] { $n } Person ist dieselbe wie eine andere.
   *[other] { $n } Personen sind dieselben wie andere.
}
import-kept-apart = { $n-count ->
    [one] { $n }-mal standen Namen zusammen, die zwei Personen gehören; sie bleiben zwei.
   *[other] { $n }-mal standen Namen zusammen, die zwei Personen gehören; sie bleiben zwei.
}
import-nobody = { $n-count ->
    [one] { $n } Zeile nennt niemanden: Sie zählt nach Tag, Produkt und Quelle und gehört zu keinem Kunden.
   *[other] { $n } Zeilen nennen niemanden: Sie zählen nach Tag, Produkt und Quelle und gehören zu keinem Kunden.
}
import-periods = { $n-count ->
    [one] { $n } Zeile umfasst mehrere Tage: Sie bleibt ein Betrag über diese Zeit.
   *[other] { $n } Zeilen umfassen mehrere Tage: Jede bleibt ein Betrag über diese Zeit.
}
import-no-currency = { $n-count ->
    [one] { $n } Zeile nennt keine Währung; --currency angeben, etwa --currency EUR.
   *[other] { $n } Zeilen nennen keine Währung; --currency angeben, etwa --currency EUR.
}
import-tied = { $n-count ->
    [one] { $n } Eintrag lautet in einer anderen Datei gleichen Alters anders: Welcher gilt, sagen die Zeiten nicht. Ist diese Datei die neuere, noch einmal mit --as-of und dem Tag ihres Exports einlesen.
   *[other] { $n } Einträge lauten in einer anderen Datei gleichen Alters anders: Welche gelten, sagen die Zeiten nicht. Ist diese Datei die neuere, noch einmal mit --as-of und dem Tag ihres Exports einlesen.
}
import-unused-columns = { $n-count ->
    [one] { $n } Spalte wurde nicht gebraucht.
   *[other] { $n } Spalten wurden nicht gebraucht.
}
import-done = Eingelesen: { $new } neu, { $changed } geändert.
import-rehearsed = Nichts wurde geschrieben. Ohne --dry-run: { $new } neu, { $changed } geändert.
add-new = Hinzugefügt zu: { $table }.
add-changed = Berichtigt in: { $table }.
add-unchanged = Steht schon in { $table }: Nichts wurde hinzugefügt. Geschah es zweimal, bekommt es eine eigene --id.
add-older = In { $table } steht Neueres: Nichts wurde geändert.
add-would-be-new = Nichts wurde geschrieben. Ohne --dry-run käme es zu: { $table }.
add-would-change = Nichts wurde geschrieben. Ohne --dry-run würde es berichtigt in: { $table }.
