import { renderCustomProperties } from './palette.ts';
import { CHART_STYLE } from './svg.ts';

/** The look of every report page: light and dark by the reader's setting, from 360 px up, and on paper (always light). */
export const PAGE_STYLE = `
:root{color-scheme:light dark;${renderCustomProperties('light')}}
@media screen and (prefers-color-scheme:dark){:root{${renderCustomProperties('dark')}}}
*{box-sizing:border-box}
html{-webkit-text-size-adjust:100%;text-size-adjust:100%}
body{margin:0;background:var(--surface);color:var(--ink);font:16px/1.55 system-ui,-apple-system,"Segoe UI",Roboto,"Liberation Sans",Arial,sans-serif}
main,footer{max-width:1024px;margin:0 auto;padding:0 32px}
header{padding:48px 0 8px}
h1{font-size:30px;line-height:1.2;letter-spacing:-.01em;margin:0 0 6px}
h2{font-size:21px;line-height:1.3;margin:56px 0 6px;padding-top:20px;border-top:1px solid var(--rule)}
h3{font-size:17px;margin:32px 0 4px}
h1,h2,h3,h4,p,li,summary,caption,figcaption,.long{overflow-wrap:anywhere}
p{margin:0 0 12px;max-width:75ch}
a{color:var(--link);text-underline-offset:3px;text-decoration-thickness:1px}
a:focus-visible,summary:focus-visible,.scroll:focus-visible,button:focus-visible,.drawing:focus-visible{outline:2px solid var(--link);outline-offset:2px;border-radius:2px}
.headline{font-size:21px;line-height:1.45;margin:20px 0 24px;max-width:60ch}
.headline a{color:inherit;font-weight:600;text-decoration-style:dotted;text-decoration-color:var(--muted)}
.period,.note,caption,figcaption,footer{color:var(--muted)}
.period,.note,figcaption,footer{font-size:14px}
.key{display:flex;flex-wrap:wrap;gap:4px 20px;margin:10px 0 0;padding:0;list-style:none}
.key li,.key button{display:flex;align-items:center;gap:7px}
.key svg{flex:none;width:26px;height:12px}
figure{margin:18px 0 8px;position:relative}
button{font:inherit;color:inherit;background:none;border:0;padding:0;cursor:pointer}
.key button{padding:2px 0;text-decoration:underline dotted var(--axis);text-underline-offset:4px}
.key button[aria-pressed=false]{text-decoration:line-through;color:var(--muted)}.key button[aria-pressed=false] svg{opacity:.35}
.tools{display:flex;justify-content:flex-end;align-items:center;gap:6px;margin:0 0 6px;font-size:13px;color:var(--muted)}
.tools[hidden]{display:none}.tools span{margin-inline-end:6px}
.tools button{min-width:30px;height:28px;padding:0 8px;border:1px solid var(--rule);border-radius:6px;background:var(--raised);color:var(--ink);line-height:1}
.tools button:disabled{color:var(--muted);cursor:default}
.drawing{position:relative;touch-action:pan-y;user-select:none;-webkit-user-select:none;cursor:crosshair}
.drawing .ft-chart{width:auto}
.tip{position:absolute;z-index:2;pointer-events:none;white-space:pre-line;max-width:min(320px,100%);width:max-content;padding:8px 11px;border:1px solid var(--axis);border-radius:6px;background:var(--raised);color:var(--ink);font-size:13px;line-height:1.45;font-variant-numeric:tabular-nums;box-shadow:0 2px 8px rgb(0 0 0/.16)}
.tip::first-line{font-weight:600}
.tip[hidden],.tip-shade[hidden],.selection[hidden]{display:none}
.tip-shade,.selection{position:absolute;pointer-events:none;background:var(--axis);opacity:.2}
.selection{background:var(--link)}
.unseen{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
@media (pointer:coarse){.tools span{display:none}.tools button{min-width:44px;height:40px}.key button{min-height:32px}}
.multiples{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(100%,320px),1fr));gap:8px 32px}
.multiples>div{min-width:0}.multiples h4{font-size:15px;margin:14px 0 0}.multiples .note{margin:0}.multiples figure{margin:6px 0}
.pairs{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(100%,260px),1fr));gap:4px 32px;max-width:none}.pairs dt{margin-top:8px;font-weight:400;font-size:14px;color:var(--muted)}
.warning{border-inline-start:4px solid var(--short);background:var(--raised);padding:10px 16px;margin:0 0 12px;max-width:75ch}
@media (hover:hover){.small .tools span{display:none}.small .tools{visibility:hidden}.small:hover .tools,.small:focus-within .tools{visibility:visible}}
@media screen{.is-live>.drawings{display:none}}
.wide{display:none}.medium{display:none}
@media (min-width:560px){.narrow{display:none}.medium{display:block}}
@media screen and (min-width:900px){.medium{display:none}.wide{display:block}}
table{border-collapse:collapse;width:100%;font-size:15px;font-variant-numeric:tabular-nums}
caption{text-align:start;font-size:14px;padding:0 0 8px}
th,td{text-align:start;vertical-align:top;padding:8px 18px 8px 0;border-bottom:1px solid var(--rule);font-weight:400}
th:last-child,td:last-child{padding-inline-end:0}
thead th{font-size:13px;line-height:1.35;color:var(--muted);vertical-align:bottom;border-bottom-color:var(--axis)}
tbody th{font-weight:600}
.sum th,.sum td{font-weight:600}
.number{text-align:end;white-space:nowrap}
thead .number{white-space:normal}
small{display:block;font-size:13px;color:var(--muted);font-weight:400}
.ok{color:var(--okText)}.bad{color:var(--shortText);font-weight:600}
.ok,.bad,time,td small,th small{white-space:nowrap}
.scroll{overflow-x:auto;max-width:100%}
.scrolled{min-width:680px}
details{margin:14px 0 0}
summary{cursor:pointer;color:var(--link);width:fit-content}
details[open]>summary{margin-bottom:12px}
.empty{background:var(--raised);border:1px solid var(--rule);border-radius:8px;padding:20px 24px;color:var(--muted);max-width:none}
dl{margin:12px 0 0;max-width:75ch}
dt{font-weight:600;margin-top:16px}
dd{margin:2px 0 0}
footer{padding-top:24px;padding-bottom:56px;margin-top:56px}
h2:first-of-type{margin-top:32px}
@media screen and (max-width:880px){
.stacked,.stacked caption,.stacked th,.stacked td{display:block}
.stacked tbody{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(100%,300px),1fr));gap:0 40px}
.stacked tr{display:block;padding:12px 0;border-bottom:1px solid var(--rule)}
.stacked thead{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}
.stacked th,.stacked td{border:0;padding:2px 0}
.stacked td{display:grid;grid-template-columns:minmax(7.5em,2fr) 3fr;gap:0 12px;text-align:start;white-space:normal}
.stacked td::before{content:attr(data-head);color:var(--muted);font-size:13px;font-weight:400;line-height:1.8}
}
@media screen and (max-width:720px){
main,footer{padding-left:18px;padding-right:18px}
header{padding-top:28px}
h1{font-size:25px}.headline{font-size:18.5px}
.scrolled{font-size:14px}
}
@media print{
@page{margin:16mm 14mm}
body{font-size:10.5pt}
main,footer{max-width:none;padding:0}
header{padding-top:0}
h2,h3,h4,caption{break-after:avoid}.multiples>div{break-inside:avoid}h2{margin-top:28px}
table{font-size:9pt}small{font-size:8pt}
figure,tr,dt,dd{break-inside:avoid}
.key button{text-decoration:none}
.live{display:none}
.narrow{display:none}.medium{display:block}
a{color:inherit;text-decoration:none}
.scroll{overflow:visible}.scrolled{min-width:0;font-size:8.5pt}
}
${CHART_STYLE}`;
