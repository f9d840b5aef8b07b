import { sendMessage } from 'execa';
import { topics } from './topics.mts';

/* One topic in this process, for main.mts. */

const load = topics[process.argv[2] ?? ''];
if (load === undefined) throw new Error('Started by main.mts, with the name of a topic.');
const { default: run } = await load();
const outcome = await run();
await sendMessage(outcome);
process.exit();
