// Refusals in the words of the screens, by the codes of docs/errors.md. A code without an entry is told in the server's
// own English words; in Burmese with a sentence before it.
import { type Problem, OFFLINE } from "../api/problem.js";
import { useCallback } from "react";
import { useLanguage } from "./language.js";
import { defineWords, type Dictionary, fill } from "./words.js";

export const problems = defineWords({
  offline: {
    en: "The server does not answer. Check the network; this screen goes on by itself.",
    my: "ဆာဗာမှ တုံ့ပြန်မှု မရှိပါ။ ကွန်ရက်ကို စစ်ဆေးပါ၊ ပြန်ရလျှင် ဤစာမျက်နှာ အလိုအလျောက် ဆက်လုပ်ပါမည်။",
  },
  "not-answered": {
    en: "The server did not answer. When it is back, look whether this was done, and repeat it if not.",
    my: "ဆာဗာ မတုံ့ပြန်ပါ။ ပြန်ရလျှင် ပြီးမပြီး စစ်ဆေးပြီး မပြီးသေးပါက ထပ်လုပ်ပါ။",
  },
  "sign-in-failed": {
    en: "The name or the PIN is wrong. Try again.",
    my: "အမည် သို့မဟုတ် PIN မှားနေပါသည်။ ထပ်ကြိုးစားပါ။",
  },
  "sign-in-paused": {
    en: "Too many wrong PINs. Wait {retryAfterSeconds} seconds and try again.",
    my: "PIN အမှား များလွန်းပါသည်။ {retryAfterSeconds} စက္ကန့် စောင့်ပြီး ထပ်ကြိုးစားပါ။",
  },
  "sample-staff-closed": {
    en: "The sample PINs do not work while the network can reach this server. Give this person a PIN of their own.",
    my: "ကွန်ရက်မှ ဤဆာဗာကို ဝင်နိုင်နေချိန်တွင် နမူနာ PIN များ သုံး၍ မရပါ။ ဤသူအတွက် ကိုယ်ပိုင် PIN သတ်မှတ်ပေးပါ။",
  },
  unauthenticated: {
    en: "Nobody is signed in, or the session has ended. Sign in again.",
    my: "ဝင်ရောက်ထားသူ မရှိပါ၊ သို့မဟုတ် အချိန်ကုန်သွားပါပြီ။ ထပ်မံ ဝင်ရောက်ပါ။",
  },
  forbidden: {
    en: "You may not do this. Ask a manager.",
    my: "သင့်တွင် ဤအရာကို လုပ်ပိုင်ခွင့် မရှိပါ။ မန်နေဂျာကို မေးပါ။",
  },
  "store-unavailable": {
    en: "A database does not answer. Nothing was lost; try again in a moment.",
    my: "ဒေတာဘေ့စ် မတုံ့ပြန်ပါ။ မည်သည့်အရာမျှ မပျောက်ပါ၊ ခဏအကြာတွင် ထပ်ကြိုးစားပါ။",
  },
  "too-many-requests": {
    en: "Too many requests from here. Wait a moment.",
    my: "တောင်းဆိုမှု များလွန်းပါသည်။ ခဏ စောင့်ပါ။",
  },
  "internal-error": {
    en: "Something went wrong on the server, and it was written down. Try again.",
    my: "ဆာဗာတွင် အမှားတစ်ခု ဖြစ်ပွားပြီး မှတ်တမ်းတင်ထားပါသည်။ ထပ်ကြိုးစားပါ။",
  },
  "version-conflict": {
    en: "Somebody else changed this in the meantime. It was loaded again: look and repeat.",
    my: "အခြားသူတစ်ဦး ပြောင်းလဲထားပါသည်။ ပြန်ဖွင့်ထားပါသည်၊ စစ်ဆေးပြီး ထပ်လုပ်ပါ။",
  },
  "not-set-up": {
    en: "There is no restaurant here yet. Load one: npm run import -- <file.json>.",
    my: "စားသောက်ဆိုင် အချက်အလက် မရှိသေးပါ။ ထည့်သွင်းပါ - npm run import -- <file.json>။",
  },
  "payment-declined": {
    en: "The card was declined. Ask for another card or cash.",
    my: "ကတ်ကို ငြင်းပယ်ပါသည်။ အခြားကတ် သို့မဟုတ် ငွေသား တောင်းပါ။",
  },
  "tender-too-small": {
    en: "The cash is less than the total. Take more, or pay by card.",
    my: "ငွေသား မလောက်ပါ။ ထပ်ယူပါ၊ သို့မဟုတ် ကတ်ဖြင့် ချေပါ။",
  },
  "placement-timed-out": {
    en: "This took too long and was undone. Please try again.",
    my: "ကြာလွန်းသဖြင့် ပြန်ဖျက်ထားပါသည်။ ထပ်ကြိုးစားပါ။",
  },
  "invalid-lines": {
    en: "Some lines cannot be ordered as they are. Look at the order again.",
    my: "အချို့ ဟင်းပွဲများကို ယခုအတိုင်း မှာ၍ မရပါ။ အော်ဒါကို ပြန်စစ်ပါ။",
  },
  "unknown-table": {
    en: "There is no such table any more. Choose another.",
    my: "ဤစားပွဲ မရှိတော့ပါ။ အခြားတစ်ခု ရွေးပါ။",
  },
  "product-unavailable": {
    en: "Some dishes are no longer sold. Remove them.",
    my: "အချို့ ဟင်းပွဲများ မရောင်းတော့ပါ။ ဖယ်ပါ။",
  },
  "insufficient-stock": {
    en: "There is not enough of some dishes. Change the quantity or remove them.",
    my: "အချို့ ဟင်းပွဲများ မလောက်ပါ။ အရေအတွက် ပြောင်းပါ၊ သို့မဟုတ် ဖယ်ပါ။",
  },
  "price-changed": {
    en: "Some prices changed. Tell the guest the new price and ask again.",
    my: "အချို့ စျေးနှုန်းများ ပြောင်းသွားပါသည်။ ဧည့်သည်ကို စျေးအသစ် ပြောပြပြီး ထပ်မေးပါ။",
  },
  "password-required": {
    en: "On this device only a one-time PIN is enough, and this is none. Have a manager sign in with a password and make the device known.",
    my: "ဤစက်တွင် တစ်ခါသုံး PIN သာ သုံးနိုင်ပြီး ဤ PIN သည် ၎င်း မဟုတ်ပါ။ မန်နေဂျာအား စကားဝှက်ဖြင့် ဝင်ခိုင်းပြီး စက်ကို မှတ်သားပါ။",
  },
  "pin-change-required": {
    en: "Choose a PIN of your own first.",
    my: "ဦးစွာ ကိုယ်ပိုင် PIN ရွေးပါ။",
  },
  "weak-pin": {
    en: "This PIN is too easy to guess. Choose another.",
    my: "ဤ PIN သည် ခန့်မှန်းရ လွယ်လွန်းပါသည်။ အခြားတစ်ခု ရွေးပါ။",
  },
  "approval-refused": {
    en: "The PIN is wrong, or this person may not allow it either.",
    my: "PIN မှားနေသည် သို့မဟုတ် ဤသူလည်း ခွင့်မပြုနိုင်ပါ။",
  },
  "cancellation-timed-out": {
    en: "This took too long and was not done; the order stands. Try again.",
    my: "ကြာလွန်းသဖြင့် မလုပ်ဖြစ်ပါ၊ အော်ဒါ ရှိနေဆဲဖြစ်သည်။ ထပ်ကြိုးစားပါ။",
  },
  "order-being-cancelled": {
    en: "This order is still being cancelled. Do not serve it; look again in a moment.",
    my: "ဤအော်ဒါကို ပယ်ဖျက်နေဆဲဖြစ်သည်။ မပေးပါနှင့်၊ ခဏအကြာ ပြန်ကြည့်ပါ။",
  },
  "order-being-placed": {
    en: "This order is still being placed. Wait until it is, then cancel it.",
    my: "ဤအော်ဒါ မပြီးသေးပါ။ ပြီးမှ ပယ်ဖျက်ပါ။",
  },
  unknown: {
    en: "{detail}",
    my: "မအောင်မြင်ပါ။ {detail}",
  },
});

const known = problems as Readonly<Record<string, { en: string; my: string }>>;

const NO_MORE: Dictionary = {};

/** `say(problem)`: cause and remedy in the language of the device. `more`: words that only one screen needs. */
export function useProblemWords(more: Dictionary = NO_MORE): (problem: Problem) => string {
  const language = useLanguage();
  return useCallback(
    ({ code, detail, data }: Problem) => {
      const entry =
        known[code] ?? more[code] ?? (detail === "" ? problems[OFFLINE] : problems.unknown);
      const values: Record<string, string | number> = { detail };
      for (const [name, value] of Object.entries(data)) {
        if (typeof value === "string" || typeof value === "number") values[name] = value;
      }
      return fill(entry[language], values);
    },
    [language, more],
  );
}
