module.exports = {
  uiPort: Number(process.env.PORT),
  uiHost: "127.0.0.1",
  flowFile: `${__dirname}/flow.json`,
  logging: { console: { level: "error", metrics: false, audit: false } },
  diagnostics: { enabled: false },
  telemetry: { enabled: false, updateNotification: false },
};
