// Healthy is a primary that takes writes. The first check on an empty volume makes the set, of this one member; more
// members are added to it by rs.add, as for any replica set.
const password = encodeURIComponent(process.env.MONGO_INITDB_ROOT_PASSWORD);
const admin = connect(`mongodb://root:${password}@127.0.0.1:27017/admin?directConnection=true`);
const NOT_INITIATED = 94;

try {
  admin.adminCommand({ replSetGetStatus: 1 });
} catch (error) {
  if (error.code !== NOT_INITIATED) throw error;
  admin.adminCommand({ replSetInitiate: { _id: "chatflow", members: [{ _id: 0, host: "mongo:27017" }] } });
}
if (!admin.hello().isWritablePrimary) quit(1);
