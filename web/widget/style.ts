export const lightGround = "#ffffff";
export const darkGround = "#17191e";

const dark = `--text: #eef0f4; --soft: #a3aab8; --ground: ${darkGround}; --bubble: #262a32; --page: #0e1013; --line: #31363f; --bad: #ff8b85; --accent-text: var(--accent-on-dark, #eef0f4); color-scheme: dark;`;

/** In the widget's shadow. Sizes are in px: an em or rem would be the embedding page's. */
export const style = `
:host { all: initial; }
*, *::before, *::after { box-sizing: border-box; }
.root { --accent: #2563eb; --on-accent: #fff; --accent-on-light: initial; --accent-on-dark: initial; --text: #14161b; --soft: #5f6674; --ground: ${lightGround}; --bubble: #f0f2f5; --page: #eceff3; --line: #e3e6eb; --bad: #b42318;
  --accent-text: var(--accent-on-light, #14161b); color-scheme: light; font: 15px/1.45 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", sans-serif; color: var(--text); -webkit-font-smoothing: antialiased; text-align: start; }
.root.dark { ${dark} }
@media (prefers-color-scheme: dark) { .root.auto { ${dark} } }
[hidden], .badge:empty, .hint:empty, .note:empty { display: none !important; }
h2, p { margin: 0; }
button { font: inherit; color: inherit; border: 0; background: none; cursor: pointer; padding: 0; -webkit-tap-highlight-color: transparent; touch-action: manipulation; }
:focus-visible { outline: 2px solid var(--accent-text); outline-offset: 2px; }
.icon { display: block; width: 22px; height: 22px; fill: none; stroke: currentColor; stroke-width: 2; stroke-linecap: round; stroke-linejoin: round; flex: none; }
.icon.small { width: 16px; height: 16px; }
.unseen { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }

.launcher { position: fixed; z-index: 2147483000; bottom: calc(20px + env(safe-area-inset-bottom, 0px)); right: 20px; width: 60px; height: 60px; border-radius: 50%; display: grid; place-items: center; background: var(--accent); color: var(--on-accent);
  box-shadow: 0 2px 6px rgb(0 0 0 / .14), 0 10px 30px rgb(0 0 0 / .2); transition: transform .18s cubic-bezier(.3, 1.4, .6, 1), box-shadow .18s; animation: arrive .3s cubic-bezier(.3, 1.3, .6, 1); }
.launcher:hover { transform: scale(1.06); }
.launcher:active { transform: scale(.96); }
.launcher:focus-visible { outline: 3px solid var(--accent-text); outline-offset: 3px; }
.launcher .icon { grid-area: 1 / 1; width: 30px; height: 30px; stroke-width: 1.9; transition: opacity .15s, transform .2s; }
.down, .open .talk { opacity: 0; transform: rotate(-40deg) scale(.6); }
.open .down { opacity: 1; transform: none; }
.left .launcher { right: auto; left: 20px; }
.badge { position: absolute; top: -3px; right: -3px; min-width: 22px; height: 22px; padding: 0 6px; border-radius: 11px; background: #d92d20; color: #fff; font-size: 12px; font-weight: 650; line-height: 22px; text-align: center; box-shadow: 0 0 0 2px var(--ground); }

.panel { position: fixed; z-index: 2147483000; bottom: calc(96px + env(safe-area-inset-bottom, 0px)); right: 20px; width: 392px; max-width: calc(100vw - 40px); height: min(680px, calc(100vh - 120px)); height: min(680px, calc(100dvh - 120px)); display: flex; flex-direction: column; overflow: hidden;
  border-radius: 20px; background: var(--ground); box-shadow: 0 0 0 1px rgb(0 0 0 / .06), 0 4px 12px rgb(0 0 0 / .08), 0 20px 60px rgb(0 0 0 / .2); transform-origin: 100% 100%; animation: unfold .2s cubic-bezier(.2, .9, .3, 1); }
.left .panel { right: auto; left: 20px; transform-origin: 0 100%; }
.dark .panel { box-shadow: 0 0 0 1px var(--line), 0 20px 60px rgb(0 0 0 / .5); }

header { flex: none; background: var(--accent); color: var(--on-accent); padding-top: env(safe-area-inset-top, 0px); }
.bar { display: flex; align-items: center; gap: 12px; padding: 14px 14px 14px 18px; }
.avatar { flex: none; width: 40px; height: 40px; border-radius: 50%; display: grid; place-items: center; background: color-mix(in srgb, var(--on-accent) 18%, transparent); font-size: 17px; font-weight: 650; }
.names { flex: 1; min-width: 0; }
h2 { font-size: 16px; line-height: 1.3; font-weight: 650; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
.status { display: flex; align-items: center; gap: 6px; font-size: 13px; line-height: 1.35; }
.status::before { content: ""; width: 8px; height: 8px; border-radius: 50%; background: currentColor; opacity: .6; }
.status.online::before { background: #3ddc84; opacity: 1; box-shadow: 0 0 0 1.5px color-mix(in srgb, var(--on-accent) 70%, transparent); }
.status.connecting::before, .status.idle::before { animation: blink 1.2s infinite; }
.close { width: 38px; height: 38px; border-radius: 12px; display: grid; place-items: center; }
.close:hover { background: color-mix(in srgb, var(--on-accent) 16%, transparent); }
.close:focus-visible { outline-color: currentColor; }
.hint { flex: none; padding: 8px 18px; font-size: 13px; text-align: center; color: var(--text); background: var(--bubble); border-bottom: 1px solid var(--line); }

.frame { flex: 1; min-height: 0; position: relative; display: flex; }
.log { flex: 1; min-width: 0; overflow-y: auto; overflow-anchor: none; overscroll-behavior: contain; padding: 18px 16px; display: flex; flex-direction: column; outline-offset: -3px; scrollbar-width: thin; scrollbar-color: var(--line) transparent; }
.list { width: 100%; display: flex; flex-direction: column; margin-top: auto; }
.earlier { align-self: center; margin-bottom: 12px; padding: 6px 14px; border-radius: 999px; font-size: 13px; color: var(--soft); border: 1px solid var(--line); }
.earlier:hover { color: var(--text); }
.day { align-self: center; margin: 14px 0 12px; font-size: 12px; font-weight: 550; color: var(--soft); }
.day:first-child { margin-top: 0; }
.message { position: relative; max-width: 84%; display: flex; flex-direction: column; gap: 6px; align-self: flex-start; align-items: flex-start; margin-bottom: 4px; animation: appear .22s ease-out; }
.message.end { margin-bottom: 14px; }
.message.end:last-child { margin-bottom: 0; }
.message.visitor { align-self: flex-end; align-items: flex-end; }
.bubble { max-width: 100%; padding: 9px 14px; border-radius: 18px; background: var(--bubble); white-space: pre-wrap; overflow-wrap: anywhere; }
.bot.end .bubble { border-end-start-radius: 6px; }
.visitor .bubble { background: var(--accent); color: var(--on-accent); }
.visitor.end .bubble { border-end-end-radius: 6px; }
.bubble { transition: opacity .15s; }
.waiting .bubble { opacity: .72; }
.bubble a { color: inherit; text-decoration: underline; text-underline-offset: 2px; }
.bot .bubble a { color: var(--accent-text); }
.joined { max-width: 100%; overflow-wrap: anywhere; text-align: center; font-weight: 400; }
.speaker { max-width: 100%; overflow-wrap: anywhere; font-size: 12px; line-height: 1.3; font-weight: 550; color: var(--soft); padding-inline: 6px; }
.note { font-size: 12px; line-height: 1.3; color: var(--soft); padding-inline: 6px; }
.note.bad { color: var(--bad); }
.note button { text-decoration: underline; text-underline-offset: 2px; font-weight: 600; }
.picture, img { display: block; border-radius: 16px; }
img { max-width: 100%; max-height: 320px; background: var(--bubble); }
video { display: block; width: 100%; max-width: 100%; max-height: 320px; border-radius: 16px; background: #000; }
audio { width: 270px; max-width: 100%; }
.file { display: flex; align-items: center; gap: 10px; max-width: 100%; padding: 11px 14px; border: 1px solid var(--line); border-radius: 16px; color: var(--text); text-decoration: none; }
.file span { overflow: hidden; text-overflow: ellipsis; }
.file:hover { border-color: var(--accent); }
.file .icon { color: var(--accent-text); }
.choices { display: flex; flex-direction: column; gap: 6px; width: 100%; min-width: 200px; }
.choice { display: flex; align-items: center; justify-content: center; gap: 6px; width: 100%; min-height: 42px; padding: 9px 14px; border: 1.5px solid color-mix(in srgb, var(--accent) 45%, var(--line)); border-radius: 14px; background: var(--ground); color: var(--accent-text); font-weight: 580; line-height: 1.3; text-align: center; text-decoration: none; overflow-wrap: anywhere; transition: background .12s, border-color .12s, transform .08s; }
.choice:hover { background: color-mix(in srgb, var(--accent) 9%, var(--ground)); border-color: var(--accent); }
.choice:active { transform: scale(.985); }
.replies { flex-direction: row; flex-wrap: wrap; }
.replies .choice { width: auto; min-height: 38px; padding: 7px 15px; border-radius: 999px; }
.dots { display: flex; gap: 5px; width: max-content; padding: 15px 16px; border-radius: 18px; border-end-start-radius: 6px; background: var(--bubble); animation: appear .2s ease-out .35s backwards; }
.dots i { width: 7px; height: 7px; border-radius: 50%; background: var(--soft); animation: blink 1.2s infinite; }
.dots i:nth-child(2) { animation-delay: .18s; } .dots i:nth-child(3) { animation-delay: .36s; }
.pill { position: absolute; bottom: 12px; left: 50%; transform: translateX(-50%); display: flex; align-items: center; gap: 6px; padding: 8px 14px 8px 10px; border-radius: 999px; background: var(--accent); color: var(--on-accent); font-size: 13px; font-weight: 600; white-space: nowrap; box-shadow: 0 4px 16px rgb(0 0 0 / .22); animation: appear .2s ease-out; }

form { flex: none; padding: 10px 12px calc(12px + env(safe-area-inset-bottom, 0px)); }
.composer { display: flex; align-items: flex-end; gap: 6px; padding: 5px; border: 1.5px solid var(--line); border-radius: 24px; transition: border-color .12s, box-shadow .12s; }
.composer:focus-within { border-color: var(--accent); box-shadow: 0 0 0 3px color-mix(in srgb, var(--accent) 18%, transparent); }
textarea { flex: 1; min-width: 0; resize: none; max-height: 140px; padding: 7px 8px 7px 12px; border: 0; background: none; color: var(--text); font: inherit; font-size: 16px; line-height: 1.4; scrollbar-width: thin; }
textarea:focus-visible, h2:focus-visible { outline: none; }
textarea::placeholder { color: var(--soft); opacity: 1; }
.send { flex: none; width: 38px; height: 38px; border-radius: 50%; background: var(--accent); color: var(--on-accent); display: grid; place-items: center; transition: opacity .12s, background .12s; }
.send:disabled { background: var(--bubble); color: var(--soft); cursor: default; }

.page .panel { inset: 0; width: auto; max-width: none; height: 100vh; height: 100dvh; border-radius: 0; box-shadow: none; animation: none; }
.page .close { display: none; }
.page .bar, .page .list, .page .composer { width: 100%; max-width: 760px; margin-inline: auto; }
.page .bar { padding-inline: 16px; }
.page .message { max-width: min(84%, 560px); }
.page.root::before { content: ""; position: fixed; inset: 0; background: var(--page); }
@media (min-width: 860px) and (min-height: 560px) {
  .page .panel { inset: 28px auto 28px 50%; width: 780px; height: auto; transform: translateX(-50%); border-radius: 22px; box-shadow: 0 0 0 1px rgb(0 0 0 / .05), 0 8px 40px rgb(0 0 0 / .1); }
  .page .bar { padding: 18px 22px; }
  .page .log { padding: 24px; }
  .page form { padding: 12px 20px 20px; }
}

@keyframes appear { from { opacity: 0; transform: translateY(8px); } }
@keyframes arrive { from { opacity: 0; transform: scale(.5); } }
@keyframes unfold { from { opacity: 0; transform: translateY(10px) scale(.97); } }
@keyframes blink { 0%, 60%, 100% { opacity: .3; } 30% { opacity: 1; } }
@media (prefers-reduced-motion: reduce) { *, *::before { animation: none !important; transition: none !important; } }
@media (max-width: 480px), (max-height: 480px) {
  .panel, .left .panel { inset: 0; width: auto; max-width: none; height: 100vh; height: 100dvh; border-radius: 0; box-shadow: none; animation: none; }
  .open .launcher { display: none; }
}
@media (forced-colors: active) { .bubble, .choice, .launcher, .panel { border: 1px solid CanvasText; } }
@media print { .launcher { display: none; } }
`;
