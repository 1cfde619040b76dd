// Words of staff and of the devices they use.
import { defineWords } from "../../../words/words.js";

export const staff = defineWords({
  "staff.add": { en: "Add a person", my: "ဝန်ထမ်း ထည့်ရန်" },
  "staff.new": { en: "New person", my: "ဝန်ထမ်း အသစ်" },
  "staff.name": { en: "Name", my: "အမည်" },
  "staff.role": { en: "Role", my: "ရာထူး" },
  "staff.state": { en: "State", my: "အခြေအနေ" },
  "staff.manager": { en: "Manager", my: "မန်နေဂျာ" },
  "staff.cashier": { en: "Cashier", my: "ငွေကိုင်" },
  "staff.kitchen": { en: "Kitchen", my: "မီးဖိုချောင်" },
  "staff.which": { en: "Which people", my: "မည်သည့် ဝန်ထမ်းများ" },
  "staff.working": { en: "Working here", my: "လုပ်နေဆဲ" },
  "staff.archived": { en: "Archived", my: "သိမ်းဆည်းထား" },
  "staff.sample": { en: "Sample PIN", my: "နမူနာ PIN" },
  "staff.must-change": { en: "Must choose a PIN", my: "PIN ရွေးရန် လို" },
  "staff.ready": { en: "Ready", my: "အဆင်သင့်" },
  "staff.you": { en: "You", my: "သင်" },
  "staff.first-pin": { en: "PIN for the first sign-in", my: "ပထမဆုံး ဝင်ရန် PIN" },
  "staff.new-pin": { en: "New PIN for one sign-in", my: "တစ်ကြိမ်ဝင်ရန် PIN အသစ်" },
  "staff.own-pin": { en: "Change my PIN", my: "ကျွန်ုပ်၏ PIN ပြောင်းရန်" },
  "staff.pin-hint": {
    en: "4 to 12 digits. At the first sign-in they choose their own.",
    my: "ဂဏန်း 4 မှ 12 လုံး။ ပထမဆုံး ဝင်ချိန်တွင် ကိုယ်ပိုင် PIN ရွေးရမည်။",
  },
  "staff.keep-pin-hint": {
    en: "Leave it empty to keep the PIN they have.",
    my: "ယခု PIN ကို မပြောင်းလိုပါက ဗလာထားပါ။",
  },
  "staff.signs-out": {
    en: "Whoever is changed is signed out everywhere.",
    my: "ပြောင်းလဲခံရသူသည် နေရာအားလုံးမှ ထွက်သွားပါမည်။",
  },
  "staff.sign-out": { en: "Sign out everywhere", my: "နေရာအားလုံးမှ ထွက်စေရန်" },
  "staff.signed-out": {
    en: "{name} was signed out. Screens: {count}.",
    my: "{name} ကို မျက်နှာပြင် {count} ခုမှ ထွက်စေပြီးပါပြီ။",
  },
  "staff.archived-said": {
    en: "{name} can no longer sign in.",
    my: "{name} ဝင်၍ မရတော့ပါ။",
  },
  "staff.restored-said": { en: "{name} can sign in again.", my: "{name} ပြန်ဝင်နိုင်ပါပြီ။" },
  "staff.devices": { en: "Known devices", my: "မှတ်သားထားသော စက်များ" },
  "staff.devices-note": {
    en: "On these a PIN is enough. Remove one that was lost; whoever is signed in on it is signed out.",
    my: "ဤစက်များတွင် PIN ဖြင့် ဝင်နိုင်သည်။ ပျောက်သောစက်ကို ဖယ်ပါ၊ ဝင်ထားသူလည်း ထွက်သွားပါမည်။",
  },
  "staff.no-devices": {
    en: "None yet: PINs work on the server's own machine only.",
    my: "မရှိသေးပါ - PIN သည် ဆာဗာစက်တွင်သာ သုံးနိုင်သည်။",
  },
  "staff.device": {
    en: "{address}, added by {name}",
    my: "{address}၊ ထည့်သူ {name}",
  },
  "staff.last-seen": { en: "Last seen {when}", my: "နောက်ဆုံး တွေ့ချိန် {when}" },
  "staff.device-removed": {
    en: "The device is a stranger now.",
    my: "ဤစက်ကို မမှတ်သားတော့ပါ။",
  },
});
