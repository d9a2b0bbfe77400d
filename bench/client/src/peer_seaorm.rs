//! sea-orm 2 on all three databases: the dense entity format and the entity loader.
use crate::model::*;
use futures::future::BoxFuture;
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectOptions, Database, DatabaseConnection, EntityTrait, QueryFilter, QueryOrder,
    QuerySelect, Set, TransactionTrait,
};

mod user {
    use sea_orm::entity::prelude::*;
    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "users")]
    pub struct Model {
        #[sea_orm(primary_key)]
        pub id: i32,
        #[sea_orm(unique)]
        pub email: String,
        pub name: String,
        pub age: Option<i32>,
        pub role: String,
        pub active: bool,
        pub score: f64,
        pub created_at: DateTime,
        #[sea_orm(has_many)]
        pub posts: HasMany<super::post::Entity>,
    }
    impl ActiveModelBehavior for ActiveModel {}
}
mod post {
    use sea_orm::entity::prelude::*;
    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "posts")]
    pub struct Model {
        #[sea_orm(primary_key)]
        pub id: i32,
        pub title: String,
        pub body: String,
        pub published: bool,
        pub views: i32,
        pub rating: Option<f64>,
        pub author_id: i32,
        pub created_at: DateTime,
        #[sea_orm(belongs_to, from = "author_id", to = "id")]
        pub author: BelongsTo<super::user::Entity>,
        #[sea_orm(has_many)]
        pub comments: HasMany<super::comment::Entity>,
    }
    impl ActiveModelBehavior for ActiveModel {}
}
mod comment {
    use sea_orm::entity::prelude::*;
    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "comments")]
    pub struct Model {
        #[sea_orm(primary_key)]
        pub id: i32,
        pub body: String,
        pub likes: i32,
        pub post_id: i32,
        pub created_at: DateTime,
        #[sea_orm(belongs_to, from = "post_id", to = "id")]
        pub post: BelongsTo<super::post::Entity>,
    }
    impl ActiveModelBehavior for ActiveModel {}
}
mod event {
    use sea_orm::entity::prelude::*;
    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "events")]
    pub struct Model {
        #[sea_orm(primary_key)]
        pub id: i32,
        pub kind: String,
        pub payload: String,
        pub amount: i32,
        pub ratio: f64,
        pub ok: bool,
        pub tag: Option<String>,
        pub created_at: DateTime,
    }
    impl ActiveModelBehavior for ActiveModel {}
}

pub struct SeaOrm(DatabaseConnection, usize);
pub async fn open(url: &str, max: u32, chunk: usize) -> R<SeaOrm> {
    let mut o = ConnectOptions::new(url.to_string());
    o.max_connections(max).min_connections(max.min(10)).sqlx_logging(false);
    Ok(SeaOrm(Database::connect(o).await?, chunk))
}
fn active(e: NewEvent) -> event::ActiveModel {
    event::ActiveModel {
        kind: Set(e.kind),
        payload: Set(e.payload),
        amount: Set(e.amount),
        ratio: Set(e.ratio),
        ok: Set(e.ok),
        tag: Set(e.tag),
        created_at: Set(e.created_at),
        ..Default::default()
    }
}
impl SeaOrm {
    async fn nested(&self, n: i32) -> R<u64> {
        let v: Vec<user::ModelEx> = user::Entity::load()
            .filter(user::Column::Id.lte(n))
            .order_by_asc(user::Column::Id)
            .with((post::Entity, comment::Entity))
            .all(&self.0)
            .await?;
        Ok(v.iter().map(|u| 1 + u.posts.iter().map(|p| 1 + p.comments.iter().count() as u64).sum::<u64>()).sum())
    }
}
impl Db for SeaOrm {
    fn name(&self) -> String {
        "sea-orm 2.0".into()
    }
    fn has(&self, _: Op) -> bool {
        true
    }
    fn run(&self, op: Op, k: i64) -> BoxFuture<'_, R<u64>> {
        Box::pin(async move {
            let db = &self.0;
            Ok(match op {
                Point => user::Entity::find_by_id(id(k)).one(db).await?.iter().count() as u64,
                Read100 => user::Entity::find()
                    .filter(user::Column::Id.gt(id(k) % 9000))
                    .order_by_asc(user::Column::Id)
                    .limit(100)
                    .all(db)
                    .await?
                    .len() as u64,
                Read10k => user::Entity::find().order_by_asc(user::Column::Id).all(db).await?.len() as u64,
                Nested10 => self.nested(10).await?,
                Nested1000 => self.nested(1000).await?,
                RelFilter => user::Entity::find()
                    .has_related(post::Entity, post::Column::Views.gte(HOT))
                    .order_by_asc(user::Column::Id)
                    .all(db)
                    .await?
                    .len() as u64,
                InsertOne => {
                    active(new_event(k)).insert(db).await?;
                    1
                }
                UpdateById => {
                    let e = event::ActiveModel { id: Set(id(k)), amount: Set(k as i32), ..Default::default() };
                    e.update(db).await?;
                    1
                }
                Tx5 => {
                    let tx = db.begin().await?;
                    let u = user::Entity::find_by_id(id(k)).one(&tx).await?;
                    let made = active(new_event(k)).insert(&tx).await?;
                    event::Entity::update_many()
                        .col_expr(event::Column::Amount, (k as i32).into())
                        .filter(event::Column::Id.eq(id(k)))
                        .exec(&tx)
                        .await?;
                    let e = event::Entity::find_by_id(id(k)).one(&tx).await?.unwrap();
                    event::Entity::delete_by_id(made.id).exec(&tx).await?;
                    tx.commit().await?;
                    u.is_some() as u64 + (e.amount == k as i32) as u64
                }
                Bulk10k => {
                    let mut rows: Vec<event::ActiveModel> = bulk().into_iter().map(active).collect();
                    let n = rows.len() as u64;
                    let tx = db.begin().await?;
                    while !rows.is_empty() {
                        let rest = rows.split_off(rows.len().min(self.1));
                        event::Entity::insert_many(rows).exec_without_returning(&tx).await?;
                        rows = rest;
                    }
                    tx.commit().await?;
                    n
                }
            })
        })
    }
}
