import { readManifest } from './repository/identity.mts';
import { reasonsAgainst } from './repository/publishing.mts';

/* Before `npm publish` (`prepublishOnly`), and as the first step of the publish workflow. */

const reasons = reasonsAgainst(readManifest(), process.env);
for (const reason of reasons) console.error(`Not published. ${reason}`);
if (reasons.length > 0) process.exitCode = 1;
