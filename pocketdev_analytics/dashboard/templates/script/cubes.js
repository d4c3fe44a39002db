// The page's cubes (cube.py): cells that agree in every name, added up anew under a filter.
let scale = 0;
const dictionaries = {}, cubes = {};

/** Numbers as packing.py wrote them: symbols, and the bits that these leave to the end. */
function numbersOf(bytes, at, bit) {
  const next = () => {
    const symbol = bytes[at++];
    if (symbol < 16) return symbol;
    let value = 4 + ((symbol - 16) & 3), left = ((symbol - 16) >> 2) + 2;
    while (left) {
      const taken = Math.min(left, 8 - (bit & 7));
      const part = (bytes[bit >> 3] >> (8 - (bit & 7) - taken)) & ((1 << taken) - 1);
      value = value * 2 ** taken + part;
      bit += taken;
      left -= taken;
    }
    return value;
  };
  const signedNext = () => { const n = next(); return n % 2 ? -(n + 1) / 2 : n / 2; };
  return ([length, isStepped, isSigned]) => {
    const read = isSigned ? signedNext : next, column = new Float64Array(length);
    let last = 0;
    for (let i = 0; i < length; i++) {
      const number = read();
      column[i] = last = isStepped ? last + number : number;
    }
    return column;
  };
}
function readCubes(bytes) {
  const sizes = new DataView(bytes.buffer, bytes.byteOffset), start = 8 + sizes.getUint32(0, true);
  const head = JSON.parse(new TextDecoder().decode(bytes.subarray(8, start)));
  const column = numbersOf(bytes, start, 8 * (start + sizes.getUint32(4, true)));
  scale ||= head.scale;
  for (const [name, { numbers, ...known }] of Object.entries(head.dictionaries)) {
    for (const [attribute, parts, ...how] of numbers)
      known[attribute] = Array.from(column(how), (number) => number / parts);
    dictionaries[name] = { ...dictionaries[name], ...known };
  }
  for (const [name, described] of Object.entries(head.cubes))
    cubes[name] = readCube(described, column);
}
function readCube(described, column) {
  const { cells, within, nested, rated_by: ratedBy, left_by: leftBy } = described;
  const cube = { cells, within, names: {}, counts: {}, money: {} };
  for (const [name, ...how] of described.dimensions) cube.names[name] = column(how);
  const { place } = cube.names, places = within && cubes[within].names;
  if (within)
    for (const [name, codes] of Object.entries(places))
      cube.names[name] = cube.names.place.map((each) => codes[each]);
  const { model } = cube.names, names = cube.names[ratedBy];
  if (nested) for (let i = 0; i < cells; i++) names[i] = nested[model[i]][names[i]];
  const isLeft = (cell) => Boolean(leftBy) && place[cell] !== place[cell + 1];
  for (const [name, ...how] of described.counts) cube.counts[name] = spread(column(how), cells, isLeft);
  for (const [name, [others, flags]] of Object.entries(described.follows))
    for (const other of others)
      for (let i = 0; i < cells; i++)
        if (flags[names[i]]) cube.counts[name][i] += cube.counts[other][i];
  readMoney(cube, described.money, names);
  if (leftBy) leave(cube, cubes[leftBy], isLeft);
  return cube;
}
/** A column with a 0 for each cell that has no number of its own. */
function spread(own, cells, isLeft) {
  if (own.length === cells) return own;
  const column = new Float64Array(cells);
  for (let cell = 0, at = 0; cell < cells; cell++) if (!isLeft(cell)) column[cell] = own[at++];
  return column;
}
/** The last cell of a place has what the others leave of the place's own sums. */
function leave(cube, whole, isLeft) {
  const of = (column, total, nothing) => {
    const left = new Array(cubes.places.cells).fill(nothing);
    for (let i = 0; i < whole.cells; i++) left[whole.names.place[i]] += total[i];
    for (let i = 0; i < cube.cells; i++) {
      const place = cube.names.place[i];
      if (isLeft(i)) column[i] = left[place];
      else left[place] -= column[i];
    }
  };
  for (const [name, column] of Object.entries(cube.counts))
    if (name in whole.counts) of(column, whole.counts[name], 0);
  for (const [name, column] of Object.entries(cube.money)) of(column, whole.money[name], 0n);
}
// Money is counts times the rates of their tariff, other money, and what these leave.
function readMoney(cube, columns, names) {
  const known = new Set();
  const read = (name) => {
    if (known.has(name)) return cube.money[name];
    known.add(name);
    const { sums, rates, at, rest } = columns[name];
    const units = new Array(cube.cells).fill(0n);
    for (const other of sums.map(read)) units.forEach((_, i) => { units[i] += other[i]; });
    for (const [count, written] of Object.entries(rates)) {
      const numbers = cube.counts[count], rated = written.map(BigInt);
      for (let i = 0; i < cube.cells; i++)
        if (numbers[i]) units[i] += BigInt(numbers[i]) * (rated[names[i]] ?? 0n);
    }
    let place = 0;
    at.forEach((step, i) => { place += step; units[place] += BigInt(rest[i]); });
    return (cube.money[name] = units);
  };
  Object.keys(columns).forEach(read);
}
/** Weeks and months are names of days. */
function addPeriods() {
  const { text, week } = dictionaries.day;
  for (const [name, of] of [["week", week], ["month", text.map((day) => day.slice(0, 7))]]) {
    const distinct = [...new Set(of)].sort();
    dictionaries[name] = { size: distinct.length, text: distinct };
    const codes = of.map((value) => distinct.indexOf(value));
    for (const { names } of Object.values(cubes))
      if (names.day) names[name] = names.day.map((day) => codes[day]);
  }
}

/** The cells of a cube that filters leave: `{days: [first, last], project: place, …}`. */
function cellsOf(cube, { days, ...names }) {
  const tests = [], cells = [];
  if (days) {
    const [codes, known] = cube.names.day
      ? [cube.names.day, dictionaries.day.text] : [cube.names.window, dictionaries.window.day];
    const isIn = known.map((day) => day >= days[0] && day <= days[1]);
    tests.push((cell) => isIn[codes[cell]]);
  }
  for (const [name, place] of Object.entries(names)) {
    const codes = cube.names[name];
    // What has no such name cannot be of it.
    tests.push(codes ? (cell) => codes[cell] === place : () => false);
  }
  for (let cell = 0; cell < cube.cells; cell++)
    if (tests.every((test) => test(cell))) cells.push(cell);
  return cells;
}
/** The cells of every cube that filters leave: those within places follow these. */
function cellsUnder(filters) {
  const seen = {}, isIn = new Uint8Array(cubes.places?.cells ?? 0);
  for (const [name, cube] of Object.entries(cubes))
    if (!cube.within) seen[name] = cellsOf(cube, filters);
  for (const place of seen.places ?? []) isIn[place] = 1;
  for (const [name, { within, names, cells }] of Object.entries(cubes))
    if (within) {
      seen[name] = [];
      for (let cell = 0; cell < cells; cell++) if (isIn[names.place[cell]]) seen[name].push(cell);
    }
  return seen;
}
/** One row a group of cells: places of its names, and sums; in the order of the names. */
function grouped(cube, cells, by, { counts = [], money = [] } = {}) {
  const places = new Map(), rows = [], groups = new Int32Array(cells.length);
  const columns = by.map((name) => cube.names[name]);
  const sizes = by.map((name) => dictionaries[name].size);
  for (let i = 0; i < cells.length; i++) {
    let key = 0;
    for (let n = 0; n < columns.length; n++) key = key * sizes[n] + columns[n][cells[i]];
    let group = places.get(key);
    if (group === undefined) {
      group = rows.length;
      places.set(key, group);
      rows.push({ key });
      for (let n = 0; n < by.length; n++) rows[group][by[n]] = columns[n][cells[i]];
    }
    groups[i] = group;
  }
  // A column at a time: browsers are quick at that.
  const add = (name, column, sums) => {
    for (let i = 0; i < cells.length; i++) sums[groups[i]] += column[cells[i]];
    rows.forEach((row, group) => { row[name] = sums[group]; });
  };
  for (const name of counts) add(name, cube.counts[name], new Float64Array(rows.length));
  for (const name of money) add(name, cube.money[name], new Array(rows.length).fill(0n));
  return rows.sort((a, b) => a.key - b.key);
}
