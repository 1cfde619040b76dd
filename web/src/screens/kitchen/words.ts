// Words of the kitchen: short, since they are read from two metres away.
import { defineWords } from "../../words/words.js";

export const kitchen = defineWords({
  "kitchen.title": { en: "Kitchen", my: "မီးဖိုချောင်" },
  "kitchen.stations": { en: "Station", my: "နေရာ" },
  "kitchen.all": { en: "All", my: "အားလုံး" },
  "kitchen.station.bar": { en: "Bar", my: "ဖျော်ရည်" },
  "kitchen.station.cold": { en: "Cold", my: "အသုပ်" },
  "kitchen.station.curry": { en: "Curry", my: "ဟင်း" },
  "kitchen.station.fry": { en: "Fry", my: "အကြော်" },
  "kitchen.station.grill": { en: "Grill", my: "အကင်" },
  "kitchen.station.noodle": { en: "Noodles", my: "ခေါက်ဆွဲ" },
  "kitchen.ticket": {
    en: "Order {number}, {place}, {minutes} minutes",
    my: "အော်ဒါ {number}၊ {place}၊ {minutes} မိနစ်",
  },
  "kitchen.table": { en: "Table {name}", my: "စားပွဲ {name}" },
  "kitchen.dine-in": { en: "Dine in", my: "ဆိုင်ထိုင်" },
  "kitchen.takeaway": { en: "Takeaway", my: "ပါဆယ်" },
  "kitchen.delivery": { en: "Delivery", my: "ပို့ဆောင်" },
  "kitchen.minutes": { en: "{minutes} min", my: "{minutes} မိနစ်" },
  "kitchen.soon": { en: "Hurry", my: "မြန်မြန်" },
  "kitchen.late": { en: "Late", my: "နောက်ကျ" },
  "kitchen.status.new": { en: "New", my: "အသစ်" },
  "kitchen.status.cooking": { en: "Cooking", my: "ချက်နေ" },
  "kitchen.status.ready": { en: "Ready", my: "အဆင်သင့်" },
  "kitchen.to.cooking": { en: "Start", my: "စချက်" },
  "kitchen.to.ready": { en: "Ready", my: "ချက်ပြီး" },
  "kitchen.to.served": { en: "Served", my: "ပေးပြီး" },
  "kitchen.back": {
    en: "One step back: order {number}",
    my: "အော်ဒါ {number} ကို တစ်ဆင့် ပြန်ဆုတ်",
  },
  "kitchen.done": { en: "done", my: "ပြီး" },
  "kitchen.struck": { en: "Cancelled", my: "ပယ်ဖျက်" },
  "kitchen.seen": { en: "Seen", my: "မြင်ပြီး" },
  "kitchen.do-not-cook": { en: "Cancelled: do not cook", my: "ပယ်ဖျက်ပြီး - မချက်ပါနှင့်" },
  "kitchen.recall": { en: "Recall", my: "ပြန်ခေါ်" },
  "kitchen.recall-what": {
    en: "Bring back the ticket that was served last",
    my: "နောက်ဆုံး ပေးခဲ့သော အော်ဒါကို ပြန်ခေါ်ရန်",
  },
  "kitchen.all-day": { en: "All day", my: "စုစုပေါင်း" },
  "kitchen.all-day-what": {
    en: "Still to make, of all open tickets",
    my: "ဖွင့်ထားသော အော်ဒါအားလုံးမှ ချက်ရန် ကျန်",
  },
  "kitchen.all-day-of": { en: "{left} of {quantity}", my: "{quantity} အနက် {left}" },
  "kitchen.settings": { en: "Settings", my: "ချိန်ညှိရန်" },
  "kitchen.sound": { en: "Bell", my: "ခေါင်းလောင်း" },
  "kitchen.sound-on": { en: "Bell is on", my: "ခေါင်းလောင်း ဖွင့်ထား" },
  "kitchen.sound-off": { en: "Bell is off", my: "ခေါင်းလောင်း ပိတ်ထား" },
  "kitchen.sound-blocked": {
    en: "Touch the screen once: until then the browser keeps the bell silent.",
    my: "မျက်နှာပြင်ကို တစ်ချက် ထိပါ - မထိမချင်း ခေါင်းလောင်း မမြည်ပါ။",
  },
  "kitchen.sound-test": { en: "Ring it", my: "စမ်းတီး" },
  "kitchen.after-soon": {
    en: "“Hurry” after",
    my: "“မြန်မြန်” ပြရန် အချိန်",
  },
  "kitchen.after-late": { en: "“Late” after", my: "“နောက်ကျ” ပြရန် အချိန်" },
  "kitchen.less": { en: "{what}: one minute less", my: "{what} - တစ်မိနစ် လျှော့" },
  "kitchen.more": { en: "{what}: one minute more", my: "{what} - တစ်မိနစ် တိုး" },
  "kitchen.nothing": { en: "Nothing to cook", my: "ချက်စရာ မရှိပါ" },
  "kitchen.nothing-hint": {
    en: "New orders appear here by themselves.",
    my: "အော်ဒါအသစ်များ အလိုအလျောက် ပေါ်လာပါမည်။",
  },
  "kitchen.cut": {
    en: "More tickets are open than these {count}, the oldest. Newer ones appear once these are served.",
    my: "အဟောင်းဆုံး {count} ခုသာ ပြထားသည်။ ၎င်းတို့ကို ပေးပြီး ဟု နှိပ်မှ အသစ်များ ပေါ်လာပါမည်။",
  },
  "kitchen.arrived": { en: "New: order {numbers}", my: "အသစ် - အော်ဒါ {numbers}" },
  "kitchen.was-struck": {
    en: "Cancelled: order {numbers}",
    my: "ပယ်ဖျက် - အော်ဒါ {numbers}",
  },
  "kitchen.not-done": { en: "Not done. {why}", my: "မဖြစ်မြောက်ပါ။ {why}" },
});

/** Refusals that only the kitchen meets, by the codes of docs/errors.md. */
export const problems = defineWords({
  "nothing-to-recall": {
    en: "There is no ticket to bring back.",
    my: "ပြန်ခေါ်စရာ အော်ဒါ မရှိပါ။",
  },
  "ticket-cancelled": {
    en: "This was cancelled: do not cook it.",
    my: "ဤအရာကို ပယ်ဖျက်ထားသည် - မချက်ပါနှင့်။",
  },
  "ticket-moved-on": {
    en: "This ticket is further on already.",
    my: "ဤအော်ဒါ ရှေ့အဆင့် ရောက်ပြီး ဖြစ်သည်။",
  },
});
