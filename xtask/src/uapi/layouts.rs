use super::Generated;
use super::compiler::Compiler;
use crate::Result;
pub(super) fn generate(_: &[(Compiler, Vec<String>)]) -> Result<Vec<Generated>> { Ok(vec![]) }
