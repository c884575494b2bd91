using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Vaka.Plugins.Host.Data.Migrations.Postgres
{
    /// <inheritdoc />
    public partial class ActionPolicies : Migration
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

            migrationBuilder.CreateIndex(
                name: "ix_executions_approval",
                table: "executions",
                column: "approval_expires_at",
                filter: "approval_expires_at IS NOT NULL");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "action_policies");

            migrationBuilder.DropIndex(
                name: "ix_executions_approval",
                table: "executions");

            migrationBuilder.DropColumn(
                name: "approval_expires_at",
                table: "executions");

            migrationBuilder.DropColumn(
                name: "approved_hash",
                table: "executions");

            migrationBuilder.DropColumn(
                name: "channel",
                table: "executions");
        }
    }
}
