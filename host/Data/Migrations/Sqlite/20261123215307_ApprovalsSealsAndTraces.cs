using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Vaka.Plugins.Host.Data.Migrations.Sqlite
{
    /// <inheritdoc />
    public partial class ApprovalsSealsAndTraces : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<string>(
                name: "approval_expires_at",
                table: "executions",
                type: "TEXT",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "approved_hash",
                table: "executions",
                type: "TEXT",
                maxLength: 64,
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "channel",
                table: "executions",
                type: "TEXT",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "trace_parent",
                table: "executions",
                type: "TEXT",
                maxLength: 55,
                nullable: true);

            migrationBuilder.AddColumn<long>(
                name: "seal",
                table: "audit_events",
                type: "INTEGER",
                nullable: true);

            migrationBuilder.CreateTable(
                name: "action_policies",
                columns: table => new
                {
                    integration_id = table.Column<string>(type: "TEXT", nullable: false),
                    number = table.Column<int>(type: "INTEGER", nullable: false),
                    caller = table.Column<string>(type: "TEXT", maxLength: 210, nullable: true),
                    channel = table.Column<string>(type: "TEXT", nullable: true),
                    action = table.Column<string>(type: "TEXT", maxLength: 63, nullable: true),
                    effect = table.Column<string>(type: "TEXT", nullable: false),
                    created_at = table.Column<string>(type: "TEXT", nullable: false),
                    created_by = table.Column<string>(type: "TEXT", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_action_policies", x => new { x.integration_id, x.number });
                });

            migrationBuilder.CreateTable(
                name: "audit_seals",
                columns: table => new
                {
                    number = table.Column<long>(type: "INTEGER", nullable: false),
                    newest_at = table.Column<string>(type: "TEXT", nullable: false),
                    sealed_at = table.Column<string>(type: "TEXT", nullable: false),
                    entries = table.Column<byte[]>(type: "BLOB", nullable: false),
                    previous_hash = table.Column<string>(type: "TEXT", nullable: false),
                    hash = table.Column<string>(type: "TEXT", nullable: false),
                    mac = table.Column<string>(type: "TEXT", nullable: false),
                    checkpoint = table.Column<string>(type: "TEXT", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_audit_seals", x => x.number);
                });

            migrationBuilder.CreateIndex(
                name: "ix_executions_approval",
                table: "executions",
                column: "approval_expires_at",
                filter: "approval_expires_at IS NOT NULL");

            migrationBuilder.CreateIndex(
                name: "ix_audit_events_seal_id",
                table: "audit_events",
                columns: new[] { "seal", "id" });
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "action_policies");

            migrationBuilder.DropTable(
                name: "audit_seals");

            migrationBuilder.DropIndex(
                name: "ix_executions_approval",
                table: "executions");

            migrationBuilder.DropIndex(
                name: "ix_audit_events_seal_id",
                table: "audit_events");

            migrationBuilder.DropColumn(
                name: "approval_expires_at",
                table: "executions");

            migrationBuilder.DropColumn(
                name: "approved_hash",
                table: "executions");

            migrationBuilder.DropColumn(
                name: "channel",
                table: "executions");

            migrationBuilder.DropColumn(
                name: "trace_parent",
                table: "executions");

            migrationBuilder.DropColumn(
                name: "seal",
                table: "audit_events");
        }
    }
}
