import { createRequire } from 'node:module';
import type * as Authorization from '../../nodes/CxoneExpert/shared/delivery-token.ts';
import type * as Store from '../../nodes/CxoneExpert/trigger/delivery/dedup/delivery-store.ts';
import type * as RecordFormat from '../../nodes/CxoneExpert/trigger/delivery/dedup/record-format.ts';
import type * as Read from '../../nodes/CxoneExpert/trigger/event/parse.ts';
import type * as Receive from '../../nodes/CxoneExpert/trigger/delivery/receive.ts';
import type * as Verify from '../../nodes/CxoneExpert/trigger/delivery/verify.ts';
import type * as Wanted from '../../nodes/CxoneExpert/trigger/event/wanted.ts';
import type * as Signature from '../../nodes/CxoneExpert/shared/signature.ts';
import type * as Xml from '../../nodes/CxoneExpert/api/xml.ts';

/* The parts of the node as users run them: the built files. */

const load = createRequire(new URL('../../dist/nodes/CxoneExpert/', import.meta.url));
const trigger = (path: string) => load(`./trigger/${path}.js`) as unknown;

export const { isSameAuthorization } = load('./shared/delivery-token.js') as typeof Authorization;
export const { parseHeaders } = trigger('delivery/verify') as typeof Verify;
export const { DeliveryStore, idKey, messageKey } = trigger(
	'delivery/dedup/delivery-store',
) as typeof Store;
export const { writeRow } = trigger('delivery/dedup/record-format') as typeof RecordFormat;
export const { parseDelivery } = trigger('event/parse') as typeof Read;
export const { receiveDelivery } = trigger('delivery/receive') as typeof Receive;
export const { filterEvents } = trigger('event/wanted') as typeof Wanted;
export const { isSignedWithAny, sign } = load('./shared/signature.js') as typeof Signature;
export const { readXml } = load('./api/xml.js') as typeof Xml;
