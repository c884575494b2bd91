using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Vaka.Plugins.Host.Data.Migrations.Postgres
{
    /// <inheritdoc />
    public partial class ApprovalsSealsAndTraces : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<DateTimeOffset>(
                name: "approval_expires_at",
                table: "executions",
                type: "timestamp with time zone",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "approved_hash",
                table: "executions",
                type: "character varying(64)",
                maxLength: 64,
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "channel",
                table: "executions",
                type: "text",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "trace_parent",
                table: "executions",
                type: "character varying(55)",
                maxLength: 55,
                nullable: true);

            migrationBuilder.AddColumn<long>(
                name: "seal",
                table: "audit_events",
                type: "bigint",
                nullable: true);

            migrationBuilder.CreateTable(
                name: "action_policies",
                columns: table => new
                {
                    integration_id = table.Column<Guid>(type: "uuid", nullable: false),
                    number = table.Column<int>(type: "integer", nullable: false),
                    caller = table.Column<string>(type: "character varying(210)", maxLength: 210, nullable: true),
                    channel = table.Column<string>(type: "text", nullable: true),
                    action = table.Column<string>(type: "character varying(63)", maxLength: 63, nullable: true),
                    effect = table.Column<string>(type: "text", nullable: false),
                    created_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    created_by = table.Column<string>(type: "text", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_action_policies", x => new { x.integration_id, x.number });
                });

            migrationBuilder.CreateTable(
                name: "audit_seals",
                columns: table => new
                {
                    number = table.Column<long>(type: "bigint", nullable: false),
                    newest_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    sealed_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    entries = table.Column<byte[]>(type: "bytea", nullable: false),
                    previous_hash = table.Column<string>(type: "text", nullable: false),
                    hash = table.Column<string>(type: "text", nullable: false),
                    mac = table.Column<string>(type: "text", nullable: false),
                    checkpoint = table.Column<string>(type: "text", nullable: true)
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
