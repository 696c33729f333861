// A long list of rows of one height, of which only those in sight are elements.
export class LongList {
  constructor(frame, rowHeight, render) {
    Object.assign(this, { frame, rowHeight, render, items: [], shown: new Map() });
    this.inner = document.createElement("div");
    this.inner.className = "long";
    frame.append(this.inner);
    frame.addEventListener("scroll", () => this.draw(), { passive: true });
    new ResizeObserver(() => this.draw()).observe(frame);
  }

  set(items) {
    this.items = items;
    this.inner.style.height = `${items.length * this.rowHeight}px`;
    for (const element of this.shown.values()) element.remove();
    this.shown.clear();
    this.draw();
  }

  draw() {
    const first = Math.max(0, Math.floor(this.frame.scrollTop / this.rowHeight) - 3);
    const last = Math.min(this.items.length, Math.ceil((this.frame.scrollTop + this.frame.clientHeight) / this.rowHeight) + 3);
    for (const [index, element] of this.shown)
      if (index < first || index >= last) {
        element.remove();
        this.shown.delete(index);
      }
    for (let index = first; index < last; index += 1) {
      if (this.shown.has(index)) continue;
      const element = this.render(this.items[index], index);
      element.style.top = `${index * this.rowHeight}px`;
      this.shown.set(index, element);
      this.inner.append(element);
    }
  }

  reveal(index) {
    const top = index * this.rowHeight;
    if (top < this.frame.scrollTop) this.frame.scrollTop = top;
    else if (top + this.rowHeight > this.frame.scrollTop + this.frame.clientHeight)
      this.frame.scrollTop = top + this.rowHeight - this.frame.clientHeight;
    this.draw();
  }
}
