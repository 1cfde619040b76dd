// Words that all parts of the back office say.
import { defineWords } from "../../words/words.js";

export const manager = defineWords({
  "manager.parts": { en: "Back office", my: "စီမံခန့်ခွဲမှု" },
  "manager.sales": { en: "Sales", my: "အရောင်း" },
  "manager.products": { en: "Products", my: "ကုန်ပစ္စည်း" },
  "manager.stock": { en: "Stock", my: "လက်ကျန်" },
  "manager.menu": { en: "Menu", my: "မီနူး" },
  "manager.staff": { en: "Staff", my: "ဝန်ထမ်း" },
  "manager.audit": { en: "Audit log", my: "မှတ်တမ်း" },
  "manager.search": { en: "Search by name or SKU", my: "အမည် သို့မဟုတ် SKU ဖြင့် ရှာရန်" },
  "manager.clear": { en: "Clear", my: "ရှင်းရန်" },
  "manager.none": { en: "Nothing here.", my: "ဘာမှ မရှိပါ။" },
  "manager.more": { en: "Show more", my: "ထပ်ပြရန်" },
  "manager.loading": { en: "Loading…", my: "ဖွင့်နေသည်…" },
  "manager.save": { en: "Save", my: "သိမ်းရန်" },
  "manager.saved": { en: "Saved.", my: "သိမ်းပြီးပါပြီ။" },
  "manager.cancel": { en: "Cancel", my: "မလုပ်တော့ပါ" },
  "manager.back": { en: "Back", my: "နောက်သို့" },
  "manager.archive": { en: "Archive", my: "သိမ်းဆည်းထားရန်" },
  "manager.restore": { en: "Bring back", my: "ပြန်ယူရန်" },
  "manager.remove": { en: "Remove", my: "ဖယ်ရန်" },
  "manager.english": { en: "English name", my: "အင်္ဂလိပ်အမည်" },
  "manager.burmese": { en: "Burmese name", my: "မြန်မာအမည်" },
  "manager.not-an-amount": {
    en: "Not an amount. Write it as 3500.",
    my: "ငွေပမာဏ မဟုတ်ပါ။ 3500 ကဲ့သို့ ရေးပါ။",
  },
  "manager.not-a-count": {
    en: "Not a whole number from 0 to 1,000,000.",
    my: "0 မှ 1,000,000 အတွင်း ကိန်းပြည့် မဟုတ်ပါ။",
  },
  "manager.at": { en: "{day}, {time}", my: "{day}၊ {time}" },
});
