//! The search for the calls of a command: of each, something is to be said that is said of no other.

use decode::plan::Plan;
use decode::{Arg, Class, size_align};
use uapi::Abi;

use super::super::random::Random;
use super::calls::Command;
use super::contents;
use super::sketch::{Page, Sketch};
use super::trial::{self, Told};

/// How many calls are remembered of a search.
const MOST_KEPT: usize = 400;

pub(super) struct Search<'a> {
    command: Command,
    abi: Abi,
    plan: Plan,
    /// What is in memory where nothing else is.
    background: Page,
    random: &'a mut Random,
    /// Calls of which something was said that had not been said before.
    kept: Vec<(Sketch, Told)>,
}

impl<'a> Search<'a> {
    pub(super) fn new(command: Command, abi: Abi, random: &'a mut Random) -> Self {
        let background = Page::new(&contents::numbers(Page::SIZE, random));
        Self { plan: Plan::of(&command.variant, abi), command, abi, background, random, kept: Vec::new() }
    }

    /// The registers and the memory of about the fewest calls of which all is said that can be said. So many trials in a
    /// row that tell nothing new end the search.
    pub(super) fn calls(mut self, least: usize, most: usize, patience: usize) -> Vec<([u64; 6], Page)> {
        self.explore(least, patience);
        let (mut chosen, mut said) = (Vec::new(), Said::new());
        while chosen.len() < most {
            let news = |i: &usize| said.news(&self.kept[*i].1);
            let best = (0..self.kept.len()).max_by_key(news);
            let is_wanted = |best: &usize| chosen.len() < least || news(best) > 0;
            let Some(best) = best.filter(is_wanted) else { break };
            let (sketch, told) = self.kept.swap_remove(best);
            said.add(&told);
            chosen.push((self.registers(&sketch.args), sketch.page));
        }
        chosen
    }

    /// Tries calls until nothing new is said any more.
    fn explore(&mut self, least: usize, patience: usize) {
        let (mut said, mut idle) = (Said::new(), 0);
        while idle < patience && self.kept.len() < MOST_KEPT {
            idle += 1;
            let sketch = self.candidate();
            let told = trial::tell(self.abi, self.command.nr, self.registers(&sketch.args), &sketch.page);
            let Some(told) = told else { continue };
            if said.news(&told) > 0 {
                said.add(&told);
                idle = 0;
            } else if self.kept.len() >= least {
                continue;
            }
            self.kept.push((sketch, told));
        }
    }

    /// A call that may tell something: a new one, or one that has told something, with a few changes.
    fn candidate(&mut self) -> Sketch {
        let mut sketch = if self.kept.is_empty() || self.random.once_in(4) {
            Sketch::new(&self.command.variant, &self.plan, &self.background, self.abi, self.random)
        } else {
            // The newest have got furthest.
            let count = self.kept.len();
            let i = count - 1 - self.random.below(count).min(self.random.below(count));
            let mut sketch = self.kept[i].0.clone();
            (0..self.random.of(&[1, 1, 2, 4])).for_each(|_| self.change(&mut sketch, i));
            sketch
        };
        if let Some((arg, value, mask)) = self.command.fixed {
            let flags = if self.random.once_in(4) { sketch.args[arg] & !mask } else { 0 };
            sketch.args[arg] = value | flags;
        }
        sketch
    }

    /// Changes something that the call `i` depends on.
    fn change(&mut self, sketch: &mut Sketch, i: usize) {
        let (random, reads) = (&mut *self.random, &self.kept[i].1.reads);
        if reads.is_empty() || random.once_in(4) {
            let i = random.below(6);
            let arg = self.command.variant.get(i).filter(|_| random.once_in(2));
            let value = arg.map(|arg| contents::argument(&arg.ty, self.abi, random));
            sketch.args[i] = value.unwrap_or_else(|| contents::number(random));
            return;
        }
        // The shorter of two, which are headers, decide on more.
        let mut two = [random.of(reads), random.of(reads)];
        two.sort_by_key(|(_, len)| *len);
        let [(start, len), (other, other_len)] = two;
        let width = random.of(&[1, 2, 4, 4, 8]);
        let at = (start + random.below(len)) / width * width;
        let page = &mut sketch.page;
        match random.below(14) {
            0 => page.put(start, &contents::text(random)),
            1 => page.put(start, &contents::bytes(len, self.abi, random)),
            2 => page.put(start, &vec![0; len]),
            // The same as elsewhere, or where that is.
            3 => page.bytes.copy_within(other..other + other_len.min(Page::SIZE - at.max(other)), at),
            4 => page.put_number(at, Page::addr(other), self.abi.word()),
            // How much there is from here on.
            5 => page.put_number(at, random.about((start + len).saturating_sub(at)), width),
            6 | 7 => page.put_number(at, random.below(100) as u64, width),
            _ => page.put_number(at, contents::number(random), width),
        }
    }

    /// Arguments in registers: a 64-bit number takes two of an i386 call's.
    fn registers(&self, args: &[u64; 6]) -> [u64; 6] {
        let is_wide = |arg: &Arg| self.abi == Abi::I386 && size_align(&arg.ty, Class::I386).0 == 8;
        let mut words = args.iter().enumerate().flat_map(|(i, value)| {
            let high = self.command.variant.get(i).filter(|arg| is_wide(arg)).map(|_| value >> 32);
            std::iter::once(*value).chain(high)
        });
        std::array::from_fn(|_| words.next().unwrap_or(0))
    }
}

/// What has been said, by its parts.
struct Said(Vec<bool>);

impl Said {
    fn new() -> Self {
        Self(vec![false; 1 << 16])
    }

    fn add(&mut self, told: &Told) {
        told.parts.iter().for_each(|part| self.0[usize::from(*part)] = true);
    }

    /// How much is new of what is told.
    fn news(&self, told: &Told) -> usize {
        told.parts.iter().filter(|part| !self.0[usize::from(**part)]).count()
    }
}
