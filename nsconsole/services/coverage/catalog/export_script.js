// Saves NetSuite's Records Catalog as a file, for `nsconsole catalog import`.
//
// Log in to NetSuite with a role that has the permission Records Catalog, open the browser's
// console on any of its pages (F12), paste all of this, and press Enter. It only reads. It tells
// how far it is, and at the end the browser saves netsuite-records-catalog.json.
(async () => {
  "use strict";

  const ENDPOINT = "/app/recordscatalog/rcendpoint.nl";
  const FILE = "netsuite-records-catalog.json";
  const AT_ONCE = 4; // questions under way; the people who work in NetSuite come first
  const ATTEMPTS = 4;

  const pause = (seconds) => new Promise((done) => setTimeout(done, 1000 * seconds));
  const say = (text) => console.log(`Records Catalog: ${text}`);

  class NoSession extends Error {}

  async function ask(action, data) {
    const query = new URLSearchParams({ action, data: JSON.stringify(data) });
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await askOnce(`${location.origin}${ENDPOINT}?${query}`);
      } catch (error) {
        if (error instanceof NoSession || error.isFinal || attempt === ATTEMPTS) throw error;
        await pause(attempt);
      }
    }
  }

  async function askOnce(address) {
    const answer = await fetch(address, {
      credentials: "same-origin",
      headers: { Accept: "application/json" },
    });
    const type = answer.headers.get("content-type") || "";
    if (answer.redirected || type.includes("text/html")) {
      throw new NoSession("NetSuite sends a page instead. Log in, and paste the script again.");
    }
    if (!answer.ok) {
      const failure = new Error(`HTTP ${answer.status}: ${(await answer.text()).slice(0, 300)}`);
      failure.isFinal = answer.status < 500 && answer.status !== 429;
      throw failure;
    }
    const { data } = await answer.json();
    return data;
  }

  const typeOf = ({ id, label, isAvailable }) => ({ id, label, isAvailable: isAvailable === true });

  const fieldOf = ({ id, label, dataType, isColumn, removed }) =>
    ({ id, label, dataType, isColumn: isColumn === true, removed: removed === true });

  const joinOf = ({ fieldId, cardinality, joinType, sourceTargetType }) =>
    ({ fieldId, cardinality, joinType, sourceTargetType: { id: sourceTargetType?.id } });

  const detailOf = ({ id, label, fields, joins }) =>
    ({ id, label, fields: (fields || []).map(fieldOf), joins: (joins || []).map(joinOf) });

  function save(catalog) {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([JSON.stringify(catalog)], { type: "application/json" }));
    link.download = FILE;
    document.body.appendChild(link);
    link.click();
    link.remove();
    setTimeout(() => URL.revokeObjectURL(link.href), 60000);
  }

  const savedAt = new Date().toISOString();
  const recordTypes = (await ask("getRecordTypes", { structureType: "FLAT" })).map(typeOf);
  const waiting = recordTypes.filter((type) => type.isAvailable).map((type) => type.id);
  // Some tables are in no list: only the joins of others lead to them.
  const known = new Set(recordTypes.map((type) => type.id));
  const details = [];
  const failed = [];

  async function describeAll() {
    while (waiting.length) {
      const id = waiting.shift();
      try {
        const detail = detailOf(
          await ask("getRecordTypeDetail", { scriptId: id, detailType: "SS_ANAL" }),
        );
        details.push(detail);
        for (const target of detail.joins.map((join) => join.sourceTargetType.id)) {
          if (target && !known.has(target)) {
            known.add(target);
            waiting.push(target);
          }
        }
      } catch (error) {
        if (error instanceof NoSession) throw error;
        failed.push({ id, why: String(error.message) });
      }
      const done = details.length + failed.length;
      if (done % 25 === 0) say(`${done} tables described, ${waiting.length} to go`);
    }
  }

  await Promise.all(Array.from({ length: AT_ONCE }, describeAll));
  save({ savedAt, recordTypes, details, failed });
  const columns = details.reduce((sum, detail) => sum + detail.fields.length, 0);
  say(`${details.length} tables with ${columns} columns are saved as ${FILE}.`);
  if (failed.length) say(`${failed.length} could not be described: ${failed.map((f) => f.id).join(", ")}`);
})().catch((error) => console.error(`Records Catalog: ${error.message}`));
