// A date as a field of the browser gives it. Pure.

/** While its year is typed, digit by digit, it is one of the years 2, 20 and 202: not yet what anybody means. */
export const isDate = (text: string): boolean => /^[1-9]\d{3}-\d{2}-\d{2}$/.test(text);
