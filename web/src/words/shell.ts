// Words around the screens: signing in, going from screen to screen, the connection.
import { defineWords } from "./words.js";

export const shell = defineWords({
  "shell.till": { en: "Till", my: "ငွေရှင်း" },
  "shell.kitchen": { en: "Kitchen", my: "မီးဖိုချောင်" },
  "shell.manager": { en: "Manager", my: "မန်နေဂျာ" },
  "shell.system": { en: "System", my: "စနစ်" },
  "shell.screens": { en: "Screens", my: "စာမျက်နှာများ" },
  "shell.switch-language": { en: "မြန်မာဘာသာသို့", my: "Switch to English" },
  "shell.dark": { en: "Dark", my: "အမှောင်" },
  "shell.light": { en: "Light", my: "အလင်း" },
  "shell.signed-in": {
    en: "Signed in: {name}. Switch user",
    my: "ဝင်ရောက်ထားသူ - {name}။ အသုံးပြုသူ ပြောင်းရန်",
  },
  "shell.switch-user": { en: "Switch user", my: "အသုံးပြုသူ ပြောင်းရန်" },
  "shell.not-signed-out": {
    en: "{name} is still signed in: the server does not answer. Try again when it is back.",
    my: "{name} မထွက်ရသေးပါ - ဆာဗာ မတုံ့ပြန်ပါ။ ပြန်ရလျှင် ထပ်ကြိုးစားပါ။",
  },
  "shell.polling": {
    en: "No live updates just now; this screen asks every few seconds.",
    my: "တိုက်ရိုက် သတင်း မရသေးပါ။ စက္ကန့်အနည်းငယ်တိုင်း ပြန်မေးနေပါသည်။",
  },
  "shell.updated": { en: "Last update {time}.", my: "နောက်ဆုံးရချိန် {time}။" },
  "shell.offline": {
    en: "No connection to the server since {time}. What you see may be old.",
    my: "{time} ကတည်းက ဆာဗာနှင့် အဆက်အသွယ် ပြတ်နေပါသည်။ မြင်နေရသည်မှာ ဟောင်းနေနိုင်ပါသည်။",
  },
  "shell.connecting": { en: "Connecting…", my: "ချိတ်ဆက်နေသည်…" },
  "shell.close": { en: "Close", my: "ပိတ်ရန်" },
  "shell.failed": { en: "This screen stopped working.", my: "ဤစာမျက်နှာ ရပ်တန့်သွားပါသည်။" },
  "shell.away": {
    en: "The server does not answer. Load it again when it is back.",
    my: "ဆာဗာ မတုံ့ပြန်ပါ။ ပြန်ရလျှင် ပြန်ဖွင့်ပါ။",
  },
  "shell.reload": { en: "Load it again", my: "ပြန်ဖွင့်ရန်" },
  "shell.nothing": {
    en: "There is no screen for you yet. Ask a manager for a role.",
    my: "သင့်အတွက် စာမျက်နှာ မရှိသေးပါ။ မန်နေဂျာကို ပြောပါ။",
  },
  "sign-in.title": { en: "Who is here?", my: "ဘယ်သူလဲ။" },
  "sign-in.name": { en: "Name", my: "အမည်" },
  "sign-in.next": { en: "Next", my: "ရှေ့ဆက်" },
  "sign-in.back": { en: "Somebody else", my: "အခြားသူ" },
  "sign-in.pin-of": { en: "PIN of {name}", my: "{name} ၏ PIN" },
  "sign-in.manager": { en: "Manager", my: "မန်နေဂျာ" },
  "sign-in.cashier": { en: "Cashier", my: "ငွေကိုင်" },
  "sign-in.kitchen": { en: "Kitchen", my: "မီးဖိုချောင်" },
  "sign-in.sample": { en: "Use the sample PIN {pin}", my: "နမူနာ PIN {pin} သုံးရန်" },
  "sign-in.password": { en: "Password or one-time PIN", my: "စကားဝှက် သို့မဟုတ် တစ်ခါသုံး PIN" },
  "sign-in.unknown-device": {
    en: "This device is not known here yet: a manager signs in with a password, or anybody with a one-time PIN.",
    my: "ဤစက်ကို မမှတ်သားရသေးပါ - မန်နေဂျာတစ်ဦး စကားဝှက်ဖြင့် ဝင်ပါ၊ သို့မဟုတ် တစ်ခါသုံး PIN ဖြင့် ဝင်ပါ။",
  },
  "sign-in.remember": {
    en: "From now on a PIN is enough on this device",
    my: "ယခုမှစ၍ ဤစက်တွင် PIN ဖြင့် ဝင်နိုင်သည်",
  },
  "change-pin.title": { en: "{name}, choose your PIN", my: "{name}၊ သင့် PIN ကို ရွေးပါ" },
  "change-pin.current": { en: "The PIN that you were given", my: "သင့်ကို ပေးထားသော PIN" },
  "change-pin.yours": { en: "The PIN that you have", my: "သင် ယခု သုံးနေသော PIN" },
  "change-pin.new": { en: "A PIN of your own", my: "ကိုယ်ပိုင် PIN အသစ်" },
  "change-pin.again": { en: "The same PIN again", my: "PIN အသစ်ကို ထပ်ရိုက်ပါ" },
  "change-pin.differ": {
    en: "The two were not the same. Begin again.",
    my: "PIN နှစ်ခု မတူပါ။ ပြန်စပါ။",
  },
  "field.full": {
    en: "Full: this takes {count} signs and no more.",
    my: "ပြည့်သွားပါပြီ - စာလုံး {count} လုံးသာ ရိုက်နိုင်သည်။",
  },
  "sign-in.digits": { en: "{count} digits entered", my: "ဂဏန်း {count} လုံး ရိုက်ပြီး" },
  "sign-in.delete": { en: "Delete the last digit", my: "နောက်ဆုံးဂဏန်း ဖျက်ရန်" },
  "sign-in.enter": { en: "Sign in", my: "ဝင်ရန်" },
});
