// What was sold on a day or a range of days: figures, charts, and behind each figure its orders.
import { Button } from "@mantine/core";
import { useState } from "react";
import { problemOf } from "../../../api/problem.js";
import { pick, useLanguage } from "../../../words/language.js";
import { useWords } from "../../../words/words.js";
import { Fault } from "../parts/Fault.js";
import { Figures } from "../parts/Figures.js";
import parts from "../parts/parts.module.css";
import { useFormat, useRestaurant } from "../restaurant.js";
import { manager } from "../words.js";
import { BarTable } from "./BarTable.js";
import { type Bar, byAmount, filledHours, hourLabel, hourTick } from "./chart-data.js";
import { ColumnChart } from "./ColumnChart.js";
import { type Asked, OrdersBehind } from "./OrdersBehind.js";
import { RangePicker } from "./RangePicker.js";
import { daysOf, type Range } from "./ranges.js";
import { type ReportBy, type Reports, useReports } from "./reports.js";
import classes from "./Sales.module.css";
import { sales } from "./words.js";

export function Sales() {
  const t = useWords(sales);
  const words = useWords(manager);
  const { day } = useFormat();
  const [range, setRange] = useState<Range>();
  const [asked, setAsked] = useState<Asked>();
  const reports = useReports(range);
  const { error, hours } = reports;
  const days = hours && { from: hours.from, to: hours.to };
  const isOneDay = days && days.from === days.to;

  return (
    <section className={parts["page"]} aria-labelledby="sales-title">
      <div className={parts["head"]}>
        <h1 id="sales-title">{words("manager.sales")}</h1>
        <RangePicker range={range} day={days?.to} onChange={setRange} />
      </div>
      {error && <Fault problem={problemOf(error)} />}
      {days && (
        <div className={classes["day"]}>
          <span>
            {isOneDay
              ? t("sales.trading-day", { day: day(days.from) })
              : t("sales.span", { from: day(days.from), to: day(days.to) })}
          </span>
          <Button
            variant="default"
            size="md"
            onClick={() => setAsked({ what: t("sales.all-orders"), filter: {} })}
          >
            {t("sales.see-orders")}
          </Button>
        </div>
      )}
      <Totals totals={hours?.totals} />
      {hours?.totals.orders === 0 && hours.totals.cancelledOrders === 0 && (
        <p className={parts["note"]}>{t("sales.none")}</p>
      )}
      <div className={classes["charts"]}>
        {hours && hours.rows.length > 0 && (
          <>
            {!isOneDay && reports.dates && <ByDate report={reports.dates} onAsk={setAsked} />}
            <ByHour report={hours} onAsk={setAsked} />
            {reports.dishes && <ByDish report={reports.dishes} onAsk={setAsked} />}
            {reports.categories && <ByCategory report={reports.categories} onAsk={setAsked} />}
          </>
        )}
        {/* Money may go back on a day without sales. */}
        {reports.methods && reports.methods.rows.length > 0 && (
          <ByMethod report={reports.methods} onAsk={setAsked} />
        )}
      </div>
      {asked && days && (
        <OrdersBehind
          asked={asked}
          amount={asked.figureIn?.(reports)}
          days={days}
          onClose={() => setAsked(undefined)}
        />
      )}
    </section>
  );
}

function Totals({ totals }: { readonly totals: ReportBy<"hour">["totals"] | undefined }) {
  const t = useWords(sales);
  const { money, count, ofCurrency } = useFormat();
  const extra = totals && ofCurrency(totals.total.amount - totals.net.amount);
  return (
    <Figures
      figures={[
        { label: t("sales.net"), value: totals && money(totals.net), note: t("sales.net-note") },
        {
          label: t("sales.total"),
          value: totals && money(totals.total),
          note: extra && t("sales.total-note", { extra: money(extra) }),
        },
        {
          label: t("sales.orders"),
          value: totals && count(totals.orders),
          note: totals && t("sales.average", { average: money(totals.average) }),
        },
        {
          label: t("sales.cancelled"),
          value: totals && money(totals.cancelled),
          note: totals && t("sales.cancelled-note", { count: count(totals.cancelledOrders) }),
        },
      ]}
    />
  );
}

interface ByProps<By extends ReportBy<"hour">["by"] | "date" | "dish" | "category" | "method"> {
  readonly report: ReportBy<By>;
  onAsk(this: void, asked: Asked): void;
}

/** What has left the report meanwhile has nothing any more. */
const netOf = (row: { readonly net: { readonly amount: number } } | undefined) =>
  row?.net.amount ?? 0;

function ByDate({ report, onAsk }: ByProps<"date">) {
  const t = useWords(sales);
  const { day } = useFormat();
  const rows = new Map(report.rows.map((row) => [row.businessDate, row]));
  const bars = (daysOf(report) ?? [...rows.keys()]).map((date): Bar => {
    const row = rows.get(date);
    return { key: date, label: day(date), amount: row?.net.amount ?? 0, count: row?.orders ?? 0 };
  });
  return (
    <ColumnChart
      title={t("sales.by-date")}
      column={t("sales.date")}
      bars={bars}
      onOpen={({ key, label }) =>
        onAsk({
          what: label,
          figureIn: ({ dates }) => netOf(dates?.rows.find((row) => row.businessDate === key)),
          filter: {},
          days: { from: key, to: key },
        })
      }
    />
  );
}

function ByHour({ report, onAsk }: ByProps<"hour">) {
  const t = useWords(sales);
  const { businessDayStartsAt } = useRestaurant();
  const rows = new Map(report.rows.map((row) => [row.hour, row]));
  const hours = report.rows.map(({ hour }) => hour);
  const bars = filledHours(hours, Number(businessDayStartsAt.slice(0, 2))).map((hour): Bar => {
    const row = rows.get(hour);
    return {
      key: String(hour),
      label: hourLabel(hour),
      tick: hourTick(hour),
      amount: row?.net.amount ?? 0,
      count: row?.orders ?? 0,
    };
  });
  return (
    <ColumnChart
      title={t("sales.by-hour")}
      column={t("sales.hour")}
      bars={bars}
      onOpen={({ key, label }) => {
        const hour = Number(key);
        const figureIn = (now: Reports) => netOf(now.hours?.rows.find((row) => row.hour === hour));
        onAsk({ what: label, figureIn, filter: { hour } });
      }}
    />
  );
}

function ByDish({ report, onAsk }: ByProps<"dish">) {
  const t = useWords(sales);
  const language = useLanguage();
  const bars = report.rows.map((row): Bar => ({
    key: row.productId,
    label: pick(row.name, language),
    amount: row.net.amount,
    count: row.quantity - row.cancelledQuantity,
  }));
  return (
    <BarTable
      title={t("sales.by-dish")}
      column={t("sales.dish")}
      counted={t("sales.sold")}
      bars={byAmount(bars)}
      onOpen={({ key, label }) =>
        onAsk({
          what: label,
          figureIn: ({ dishes }) => netOf(dishes?.rows.find((row) => row.productId === key)),
          filter: { dish: key },
        })
      }
    />
  );
}

function ByCategory({ report, onAsk }: ByProps<"category">) {
  const t = useWords(sales);
  const language = useLanguage();
  const bars = report.rows.map((row): Bar => ({
    key: row.category,
    label: pick(row.name, language),
    amount: row.net.amount,
    count: row.quantity - row.cancelledQuantity,
  }));
  return (
    <BarTable
      title={t("sales.by-category")}
      column={t("sales.category")}
      counted={t("sales.sold")}
      bars={byAmount(bars)}
      onOpen={({ key, label }) =>
        onAsk({
          what: label,
          figureIn: ({ categories }) => netOf(categories?.rows.find((row) => row.category === key)),
          filter: { category: key },
        })
      }
    />
  );
}

function ByMethod({ report, onAsk }: ByProps<"method">) {
  const t = useWords(sales);
  const { money } = useFormat();
  const { captured, refunded, net } = report.totals;
  const bars = report.rows.map((row): Bar => ({
    key: row.method,
    label: t(`sales.${row.method}`),
    amount: row.net.amount,
    // A refund may be a part of a payment, and takes none off their number.
    count: row.payments,
  }));
  return (
    <BarTable
      title={t("sales.by-method")}
      column={t("sales.method")}
      counted={t("sales.payments")}
      bars={byAmount(bars)}
      // What was sold is more, where money of orders that stand went back.
      sum={t("sales.taken", {
        taken: money(captured),
        back: money(refunded),
        left: money(net),
      })}
      onOpen={({ key, label }) =>
        onAsk({
          what: label,
          figureIn: ({ methods }) => netOf(methods?.rows.find((row) => row.method === key)),
          filter: {},
          method: key === "cash" ? "cash" : "card",
        })
      }
    />
  );
}
