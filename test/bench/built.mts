import { createRequire } from 'node:module';
import type * as Authenticate from '../../nodes/CxoneExpert/trigger/delivery/authenticate.ts';
import type * as Memory from '../../nodes/CxoneExpert/trigger/delivery/memory.ts';
import type * as Read from '../../nodes/CxoneExpert/trigger/delivery/read.ts';
import type * as Receive from '../../nodes/CxoneExpert/trigger/delivery/receive.ts';
import type * as Record from '../../nodes/CxoneExpert/trigger/delivery/record.ts';
import type * as Select from '../../nodes/CxoneExpert/trigger/delivery/select.ts';
import type * as Signature from '../../nodes/CxoneExpert/trigger/delivery/signature.ts';
import type * as Xml from '../../nodes/CxoneExpert/transport/xml.ts';

/* The parts of the node as users run them: the built files. */

const load = createRequire(new URL('../../dist/nodes/CxoneExpert/', import.meta.url));
const step = (name: string) => load(`./trigger/delivery/${name}.js`) as unknown;

export const { checkBody, checkHeaders } = step('authenticate') as typeof Authenticate;
export const { DeliveryMemory, idKey, signatureKey } = step('memory') as typeof Memory;
export const { readMessage } = step('read') as typeof Read;
export const { receiveDelivery } = step('receive') as typeof Receive;
export const { writeRow } = step('record') as typeof Record;
export const { select } = step('select') as typeof Select;
export const { isAnySame, sign } = step('signature') as typeof Signature;
export const { readXml } = load('./transport/xml.js') as typeof Xml;
