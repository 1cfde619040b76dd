// Refusals that only the back office meets, by the codes of docs/errors.md.
import { defineWords } from "../../words/words.js";

export const problems = defineWords({
  "invalid-input": {
    en: "Some values are not acceptable. Correct them and send again.",
    my: "အချို့ တန်ဖိုးများ မမှန်ပါ။ ပြင်ပြီး ထပ်ပို့ပါ။",
  },
  "sku-taken": {
    en: "There is a product with this SKU already. Change that one, or choose another SKU.",
    my: "ဤ SKU ဖြင့် ကုန်ပစ္စည်း ရှိပြီးဖြစ်သည်။ ၎င်းကို ပြင်ပါ၊ သို့မဟုတ် အခြား SKU ရွေးပါ။",
  },
  "invalid-photo": {
    en: "This cannot be shown as a photo. Choose a JPEG, PNG or WebP.",
    my: "ဓာတ်ပုံအဖြစ် ပြ၍မရပါ။ JPEG၊ PNG သို့မဟုတ် WebP ရွေးပါ။",
  },
  "invalid-attributes": {
    en: "Some attributes do not fit the restaurant's attribute schema.",
    my: "အချို့ အချက်အလက်များ ဆိုင်၏ သတ်မှတ်ချက်နှင့် မကိုက်ညီပါ။",
  },
  "invalid-settings": {
    en: "These settings do not fit together, so nothing was changed.",
    my: "ဤဆက်တင်များ တစ်ခုနှင့်တစ်ခု မကိုက်ညီသဖြင့် မပြောင်းရသေးပါ။",
  },
  "not-tracked": {
    en: "The stock of this product is not counted. Turn counting on first.",
    my: "ဤပစ္စည်း၏ လက်ကျန်ကို မရေတွက်ပါ။ ဦးစွာ ရေတွက်ရန် ဖွင့်ပါ။",
  },
  "not-enough-stock": {
    en: "Only {available} are left that are not promised to an order. Recount first.",
    my: "အော်ဒါများအတွက် မဟုတ်သော လက်ကျန် {available} သာ ရှိသည်။ ဦးစွာ ပြန်ရေတွက်ပါ။",
  },
  "recount-below-reserved": {
    en: "Orders under way hold {reserved}, more than was counted. Wait for them, or count again.",
    my: "ဆောင်ရွက်ဆဲ အော်ဒါများက {reserved} မှာထားသည်။ စောင့်ပါ၊ သို့မဟုတ် ပြန်ရေတွက်ပါ။",
  },
  "own-pin": {
    en: "This PIN is your own: change it with the one that you have.",
    my: "ဤ PIN သည် သင့်ကိုယ်ပိုင် PIN ဖြစ်သည် - ယခု PIN ကို ရိုက်ပြီး ပြောင်းပါ။",
  },
  "name-taken": {
    en: "Somebody here has this name already. Add an initial.",
    my: "ဤအမည်ဖြင့် ဝန်ထမ်း ရှိပြီးဖြစ်သည်။ စာလုံးတစ်လုံး ထပ်ထည့်ပါ။",
  },
  "last-manager": {
    en: "This is the last manager. Make another one first.",
    my: "နောက်ဆုံးကျန် မန်နေဂျာ ဖြစ်သည်။ ဦးစွာ အခြားတစ်ဦး ထားပါ။",
  },
  "report-cut-off": {
    en: "This report took too long and was stopped. Ask for fewer days.",
    my: "အစီရင်ခံစာ ကြာလွန်း၍ ရပ်လိုက်သည်။ ရက် လျှော့ပါ။",
  },
  "reports-busy": {
    en: "Too many reports are being made at this moment. Ask again when they are done.",
    my: "အစီရင်ခံစာများ လုပ်နေဆဲ ဖြစ်သည်။ ပြီးမှ ထပ်တောင်းပါ။",
  },
});
