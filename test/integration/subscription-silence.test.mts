import { faultTable } from '../support/integration/fault-table.mts';
import { silentFaults } from '../support/integration/faults.mts';
import { useScenes } from '../support/integration/scene.mts';

useScenes();

await faultTable(silentFaults, 400);
