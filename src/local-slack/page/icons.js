// Line icons on a 20 × 20 grid, drawn by us.

const paths = {
  hash: 'M7.500 3.500 6 16.500M14 3.500l-1.500 13M3.500 7.500h13M3.500 12.500h13',
  lock: 'M5.500 9h9v7.500h-9zM7.500 9V6.500a2.500 2.500 0 0 1 5 0V9',
  message: 'M3.500 4.500h13v9H9l-3.500 3v-3h-2z',
  thread: 'M4 4h12v8H9l-3 3v-3H4zM7.500 7h5M7.500 9.300h3',
  eye: 'M2.500 10S5.500 5 10 5s7.500 5 7.500 5-3 5-7.500 5-7.500-5-7.500-5zM10 12.200a2.200 2.200 0 1 0 0-4.400 2.200 2.200 0 0 0 0 4.400z',
  file: 'M5.500 2.500h6l3.500 3.500v11.500h-9.500zM11.500 2.500v4h3.500M8 10.500h4.500M8 13.500h4.500',
  close: 'M5 5l10 10M15 5 5 15',
  back: 'M12.500 4 6.500 10l6 6',
  send: 'M3.500 10 17 3.500 12.500 17l-3-5.500zM9.500 11.500 17 3.500',
  menu: 'M3 5.500h14M3 10h14M3 14.500h14',
  link: 'M8.500 11.500a3 3 0 0 0 4.300 0l2.700-2.700a3 3 0 0 0-4.300-4.300l-1 1M11.500 8.500a3 3 0 0 0-4.300 0l-2.700 2.700a3 3 0 0 0 4.300 4.300l1-1',
  pulse: 'M2.500 10.500h3.500l2-6 4 11 2.200-5h3.300',
  dots: 'M4.500 10h.01M10 10h.01M15.500 10h.01',
  moon: 'M16.500 11.800A6.800 6.800 0 0 1 8.200 3.500a6.800 6.800 0 1 0 8.300 8.300z',
  sun: 'M10 13.300a3.300 3.300 0 1 0 0-6.600 3.300 3.300 0 0 0 0 6.600zM10 2.500v1.500M10 16v1.500M2.500 10H4M16 10h1.500M4.700 4.700l1 1M14.300 14.300l1 1M15.300 4.700l-1 1M5.700 14.300l-1 1',
  people:
    'M7.500 9.500a2.800 2.800 0 1 0 0-5.600 2.800 2.800 0 0 0 0 5.600zM2.500 16c0-2.600 2-4.200 5-4.200s5 1.600 5 4.200M13 9.300a2.300 2.300 0 1 0-.8-4.400M14.500 11.900c1.900.4 3 1.800 3 3.800',
  check: 'M4.500 10.500l3.500 3.500 7.500-8',
};

/** An icon by name; it is decoration, so it has no accessible name. */
export function icon(name) {
  const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
  svg.setAttribute('viewBox', '0 0 20 20');
  svg.setAttribute('aria-hidden', 'true');
  svg.classList.add('icon');
  const path = document.createElementNS('http://www.w3.org/2000/svg', 'path');
  path.setAttribute('d', paths[name] ?? '');
  svg.append(path);
  return svg;
}
