// Days of the calendar, as people write them.
import { z } from "zod";

const A_DATE = 'must be a date, such as "2026-01-01"';

/** There is no year 0, for PostgreSQL as for the calendar. */
export const CalendarDate = z.iso.date(A_DATE).refine((date) => date >= "0001", A_DATE);
