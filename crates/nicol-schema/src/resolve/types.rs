//! Second pass: what the types of fields are, but for the built-in ones, which the first pass has found.

use std::borrow::Cow;

use crate::diagnostic::Code;
use crate::report::{Report, nearest};
use crate::schema::*;
use crate::syntax::literal::unescape;

use super::draft::*;
use super::names::Names;

const BUILT_IN: [&str; 9] = ["Int", "BigInt", "Float", "Decimal", "Boolean", "String", "DateTime", "Bytes", "Json"];

/// How many names of the schema are compared with unknown ones, over all of them.
const PATIENCE: usize = 10_000_000;

/// Gives every field its type and lists the relation fields.
pub(crate) fn resolve<'a>(draft: &mut Draft<'a>, names: &Names<'a>, report: &mut Report) {
    let mut relation_fields = Vec::with_capacity(draft.models.len() * 2);
    let mut unsupported = Vec::new();
    let mut patience = PATIENCE;
    for top in &draft.tops {
        match *top {
            Top::Model(index) => {
                let model = &mut draft.models[index];
                let first = relation_fields.len() as u32;
                for (field_index, field) in model.fields.iter_mut().enumerate().filter(|(_, field)| field.ty.is_none())
                {
                    field.ty = field_type(field, names, &mut unsupported, &mut patience, report);
                    if let Some(Type::Model(target)) = field.ty {
                        let at = FieldRef { model: ModelId(index as u32), field: FieldId(field_index as u32) };
                        relation_fields.push(relation_field(at, target));
                    }
                }
                model.relation_fields = first..relation_fields.len() as u32;
            }
            Top::Composite(index) => {
                let composite = &mut draft.composites[index];
                let (file, name) = (composite.file, composite.name);
                for field in composite.fields.iter_mut().filter(|field| field.ty.is_none()) {
                    field.ty = field_type(field, names, &mut unsupported, &mut patience, report);
                    if let Some(Type::Model(target)) = field.ty {
                        let target = draft.models[target.0 as usize].name;
                        let message = format!("type `{name}` cannot have a relation to model `{target}`");
                        let help = "composite types hold values only; put the relation into a model";
                        let base = field.node.ty.map_or(field.type_span(), |ty| file.span(ty.base));
                        report.error_help(Code::RelationInType, base, message, help);
                    }
                }
            }
            Top::Enum(index) => {
                let enumeration = &draft.enums[index];
                if enumeration.values.is_empty() {
                    let message = format!("enum `{}` has no values", enumeration.name);
                    report.error_help(Code::EmptyEnum, enumeration.span(), message, "add at least one");
                }
            }
            Top::Datasource(_) | Top::Generator(_) => {}
        }
    }
    draft.relation_fields = relation_fields;
    draft.unsupported = unsupported;
}

fn relation_field<'a>(at: FieldRef, target: ModelId) -> RelationField<'a> {
    RelationField {
        at,
        target,
        attribute: None,
        fields: None,
        references: None,
        name: None,
        on_delete: None,
        on_update: None,
        map: None,
        alike: 1,
    }
}

fn field_type<'a>(
    field: &DraftField<'a>,
    names: &Names<'_>,
    unsupported: &mut Vec<Cow<'a, str>>,
    patience: &mut usize,
    report: &mut Report,
) -> Option<Type> {
    let (file, ty) = (field.file, field.node.ty?);
    if let Some(extent) = ty.unsupported(file.text()) {
        unsupported.push(unescape(file.text(), extent, &mut |_| {}));
        return Some(Type::Unsupported(unsupported.len() as u32 - 1));
    }
    let name = file.slice(ty.base);
    match names.types.get(name) {
        Some(Top::Model(index)) => Some(Type::Model(ModelId(*index as u32))),
        Some(Top::Enum(index)) => Some(Type::Enum(EnumId(*index as u32))),
        Some(Top::Composite(index)) => Some(Type::Composite(CompositeTypeId(*index as u32))),
        Some(Top::Datasource(_) | Top::Generator(_)) | None => {
            let defined = names.types.keys().copied().take(*patience);
            *patience = patience.saturating_sub(names.types.len());
            let candidates = BUILT_IN.iter().copied().chain(defined);
            let help = match nearest(name, candidates) {
                Some(candidate) => format!("did you mean `{candidate}`?"),
                None => "use a built-in type, or define a model, enum or type of this name".to_owned(),
            };
            let message = format!("there is no type `{name}`");
            report.error_help(Code::UnknownType, file.span(ty.base), message, help);
            None
        }
    }
}
